"""Stands in for `systemctl` where a test follows the guide: starts and stops what the unit files in a folder say.

GUIDE_UNITS is that folder, GUIDE_STATE the one of state directories, GUIDE_ACCOUNT stands for the units' account.
"""

import os
import pwd
import shlex
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

UNITS, STATE = Path(os.environ["GUIDE_UNITS"]), Path(os.environ["GUIDE_STATE"])
ACCOUNT = pwd.getpwnam(os.environ["GUIDE_ACCOUNT"])
STOP_TIMEOUT = 30.0


def read_unit(name: str) -> dict[str, list[str]]:
    """Return the values of a unit with its drop-ins, by key."""
    prefix = name.partition("-")[0]
    values = defaultdict(list)
    for file in (UNITS / name, *sorted(UNITS.glob(f"{prefix}-.service.d/*.conf"))):
        for line in file.read_text().splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                values[key].append(value)
    return values


def start(name: str) -> None:
    """Run a service as its unit says: command, account, folder, environment."""
    unit = read_unit(name)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    settings = [setting for line in unit["Environment"] for setting in shlex.split(line)]
    for file in unit["EnvironmentFile"]:
        settings += [line for line in Path(file).read_text().splitlines() if line and not line.startswith("#")]
    environment |= dict(setting.split("=", 1) for setting in settings)
    for state in unit["StateDirectory"]:
        (STATE / state).mkdir(mode=0o700, exist_ok=True)
    is_root = os.getuid() == 0
    with (UNITS / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            shlex.split(unit["ExecStart"][0]),
            cwd=unit["WorkingDirectory"][0],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=ACCOUNT.pw_uid if is_root else None,
            group=ACCOUNT.pw_gid if is_root else None,
            extra_groups=[] if is_root else None,
            umask=int(unit["UMask"][0], 8),
        )
    (UNITS / f"{name}.pid").write_text(str(process.pid))


def stop(name: str) -> None:
    """End a service, and whatever of it is left after a while."""
    file = UNITS / f"{name}.pid"
    if not file.exists():
        return
    pid = int(file.read_text())
    file.unlink()
    deadline = time.monotonic() + STOP_TIMEOUT
    try:
        os.kill(pid, signal.SIGTERM)
        while time.monotonic() < deadline and is_running(pid):
            time.sleep(0.1)
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def is_running(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def main() -> None:
    """`start`, `stop` and `enable --now` of the target act on what it wants; everything else is left to systemd."""
    verb, *rest = sys.argv[1:]
    if rest[-1:] != ["gatehouse.target"]:
        return
    for name in read_unit("gatehouse.target")["Wants"][0].split():
        if verb == "stop":
            stop(name)
        else:
            start(name)


if __name__ == "__main__":
    main()
