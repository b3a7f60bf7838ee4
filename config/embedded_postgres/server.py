"""Create and start the PostgreSQL cluster of a placement."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from config.embedded_postgres.errors import EmbeddedPostgresError
from config.embedded_postgres.keeper import SOCKET_PREFIX
from config.embedded_postgres.placement import Placement, make_private

DATABASE = "gatehouse"
SUPERUSER = "postgres"
PORT = 5432  # part of the socket's name only: the server listens on no network address
SOCKET_PATH_LIMIT = 100  # of the 104 to 108 bytes that operating systems allow
START_TIMEOUT = 60.0
NO_PROCESS = 2**31 - 2  # above every limit on process numbers


class Server:
    """The server of a placement. The caller holds a lease and the lock of its data folder."""

    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        self.log = placement.run / "server.log"

    def start(self) -> str:
        """Start the server unless it runs already, and return the URL of our database on it."""
        socket_dir = self._running_socket_dir()
        if socket_dir is None:
            self._check_version()
            self._create_cluster()
            socket_dir = self._launch()
        self._create_database(socket_dir)
        return f"postgres://{SUPERUSER}@{quote(str(socket_dir), safe='')}:{PORT}/{DATABASE}"

    def _running_socket_dir(self) -> Path | None:
        """The socket folder of the running server, once it accepts connections; None if it does not run."""
        pid_file = self.placement.cluster / "postmaster.pid"
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                lines = pid_file.read_text().splitlines()
            except FileNotFoundError:
                return None
            if len(lines) > 4 and lines[4] and self._accepts_connections(Path(lines[4])):
                return Path(lines[4])
            if not lines or not self._is_ours(lines[0]):
                self._clear_after_crash(pid_file)
                return None
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL (process {lines[0]}) does not answer. See {self.log}")
            time.sleep(0.1)

    def _clear_after_crash(self, pid_file: Path) -> None:
        """Let a new server start although the process number in the pid file is another program's by now.

        The rest of the file stays: from it the new server sees that processes of the old one still use the data.
        """
        for socket_file in self.placement.run.glob(".s.PGSQL.*"):
            socket_file.unlink(missing_ok=True)
        rewrite = '{ echo "$1"; tail -n +2 "$0"; } > "$0.new" && mv "$0.new" "$0"'
        command = ["/bin/sh", "-c", rewrite, str(pid_file), str(NO_PROCESS)]
        subprocess.run(command, check=True, cwd="/", **self.placement.account.popen_options)

    def _is_ours(self, pid: str) -> bool:
        """Whether the process is a server on our cluster."""
        if not pid.isdigit():
            return False
        if Path("/proc/self").exists():
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                return False
        else:
            command = subprocess.run(["ps", "-o", "command=", "-p", pid], check=False, capture_output=True).stdout
        return os.fsencode(self.placement.cluster) in command

    def _accepts_connections(self, socket_dir: Path) -> bool:
        command = [
            str(self.placement.binaries / "pg_isready"),
            "-q",
            "-h",
            str(socket_dir),
            "-p",
            str(PORT),
            "-t",
            "3",
        ]
        return subprocess.run(command, check=False, cwd="/").returncode == 0

    def _check_version(self) -> None:
        version_file = self.placement.cluster / "PG_VERSION"
        if not version_file.exists():
            return
        version = version_file.read_text().strip()
        ours = self._run("postgres", "--version").split()[-1].split(".")[0]
        if version != ours:
            raise EmbeddedPostgresError(
                f"{self.placement.cluster} was written by PostgreSQL {version}, this is PostgreSQL {ours}. "
                "Dump it with the old version and restore it, or choose another DATA_DIR."
            )

    def _create_cluster(self) -> None:
        cluster = self.placement.cluster
        if (cluster / "PG_VERSION").exists():
            return
        unfinished = self.placement.run / "unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = [f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"]
        self._run("initdb", *locale, *access, "--pgdata", str(unfinished))
        unfinished.rename(cluster)

    def _launch(self) -> Path:
        socket_dir = self.placement.run
        if len(os.fsencode(socket_dir / f".s.PGSQL.{PORT}")) > SOCKET_PATH_LIMIT:
            socket_dir = Path(tempfile.mkdtemp(prefix=Path(SOCKET_PREFIX).name, dir=Path(SOCKET_PREFIX).parent))
            make_private(socket_dir, self.placement.account)
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": '"' + str(socket_dir).replace('"', '""') + '"',  # a comma would end the path
            "unix_socket_permissions": "0700",
            "max_connections": "200",
        }
        options = " ".join(f"-c {name}={_quote(value)}" for name, value in settings.items())
        action = ["start", "--wait", f"--timeout={START_TIMEOUT:.0f}", "--silent", "--log", str(self.log)]
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                self._run("pg_ctl", *action, "--pgdata", str(self.placement.cluster), "--options", options)
                return socket_dir
            except EmbeddedPostgresError as error:
                reason = self._end_of_log()
                if "shared memory block" not in reason or time.monotonic() > deadline:
                    raise EmbeddedPostgresError(f"{error}\n{reason}") from error
            time.sleep(0.2)  # processes of a server that crashed are still ending

    def _create_database(self, socket_dir: Path) -> None:
        connection = [
            "--host",
            str(socket_dir),
            "--port",
            str(PORT),
            "--username",
            SUPERUSER,
            "--no-password",
        ]
        names = "SELECT datname FROM pg_database"
        found = self._run("psql", *connection, "--no-psqlrc", "--tuples-only", "--command", names, "postgres")
        if DATABASE not in found.split():
            self._run("createdb", *connection, DATABASE)

    def _run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the server's account and return what it prints.

        Output goes through files: the server that pg_ctl leaves behind would hold a pipe open.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        with tempfile.TemporaryFile() as output:
            result = subprocess.run(
                [self.placement.binaries / program, *arguments],
                check=False,
                cwd="/",
                env={**environment, "LC_ALL": "C", "LC_MESSAGES": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **self.placement.account.popen_options,
            )
            output.seek(0)
            text = output.read().decode(errors="replace")
        if result.returncode != 0:
            raise EmbeddedPostgresError(f"{program} failed:\n{text.strip()}")
        return text

    def _end_of_log(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
        except OSError:
            return ""


def _quote(value: str) -> str:
    """Quote for the shell that pg_ctl runs the server with."""
    return "'" + value.replace("'", "'\\''") + "'"
