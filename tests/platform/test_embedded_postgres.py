"""The embedded server: shared, stopped with its last user, robust to crashes, closed to other accounts."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded_postgres
from config.embedded_postgres import EmbeddedPostgresError, placement
from config.embedded_postgres.lease import exclusive, is_leased

HOLD_A_LEASE = """
import sys
from pathlib import Path
from config import embedded_postgres
url, lease = embedded_postgres.start(Path(sys.argv[1]))
print(url, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data folder in which a server was started once, so that the tests do not wait for initdb."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
    folder.chmod(0o755)
    embedded_postgres.start(folder)[1].drop()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def holder(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server."""
    command = [sys.executable, "-c", HOLD_A_LEASE, str(data_dir)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgres://")
    yield process
    process.kill()
    process.communicate()
    wait_for_keeper(data_dir)


def wait_for_keeper(data_dir: Path) -> None:
    """Return when the keeper has ended; it holds the one lock all its life, and lets go of the other last."""
    for name in ("keeper", "lease"):
        with exclusive(data_dir / "postgres" / name):
            pass


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def runs(data_dir: Path) -> bool:
    return (data_dir / "postgres" / "data" / "postmaster.pid").exists()


def test_the_role_may_create_roles_and_extensions(data_dir: Path) -> None:
    url, lease = embedded_postgres.start(data_dir)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE ROLE somebody NOLOGIN")
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.rollback()
    lease.drop()


def test_it_listens_on_a_private_socket_only(data_dir: Path) -> None:
    url, lease = embedded_postgres.start(data_dir)
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        row = connection.execute("SHOW unix_socket_directories").fetchone()
    lease.drop()
    assert row is not None
    assert stat.S_IMODE(Path(row[0].strip('"')).stat().st_mode) == 0o700


def test_data_stays_and_the_server_does_not(data_dir: Path) -> None:
    url, lease = embedded_postgres.start(data_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    lease.drop()
    assert not runs(data_dir)
    url, lease = embedded_postgres.start(data_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        connection.execute("DROP TABLE kept")
    lease.drop()


def test_two_commands_share_it_and_the_last_one_stops_it(data_dir: Path, holder: subprocess.Popen[str]) -> None:
    before = postmaster(data_dir)
    _, lease = embedded_postgres.start(data_dir)
    assert postmaster(data_dir) == before
    lease.drop()
    assert runs(data_dir)
    holder.communicate("")  # it ends
    wait_for_keeper(data_dir)
    assert not runs(data_dir)


def test_it_stops_when_its_user_is_killed(data_dir: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    wait_for_keeper(data_dir)
    assert not runs(data_dir)


def test_a_killed_server_is_started_again(data_dir: Path, holder: subprocess.Popen[str]) -> None:
    killed = postmaster(data_dir)
    os.kill(killed, signal.SIGKILL)
    url, lease = embedded_postgres.start(data_dir)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert postmaster(data_dir) != killed
    lease.drop()


def test_a_process_number_used_again_by_another_program_does_not_matter(data_dir: Path) -> None:
    cluster = data_dir / "postgres" / "data"
    lines = [str(os.getpid()), str(cluster), "1", "5432", str(data_dir), "", "  1  1", "ready   "]
    (cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
    (cluster / "postmaster.pid").chmod(0o666)
    url, lease = embedded_postgres.start(data_dir)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    lease.drop()


def test_data_of_another_major_version_is_refused(data_dir: Path) -> None:
    version_file = data_dir / "postgres" / "data" / "PG_VERSION"
    version = version_file.read_text()
    version_file.write_text("12\n")
    try:
        with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 12"):
            embedded_postgres.start(data_dir)
    finally:
        version_file.write_text(version)
    assert not is_leased(data_dir / "postgres")


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "postgres://elsewhere/db"), ("DJANGO_SETTINGS_MODULE", "config.settings.production")],
)
def test_it_stays_away_where_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    for variable in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert embedded_postgres.ensure() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server drops to another account")
class TestStartedByRoot:
    """The server's account cannot enter root's folders."""

    @pytest.fixture
    def state_dir(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
        folder.chmod(0o755)
        monkeypatch.setattr(placement, "STATE_DIR", folder)
        yield folder
        shutil.rmtree(folder)

    @pytest.fixture
    def closed_dir(self, tmp_path: Path) -> Path:
        tmp_path.chmod(0o700)
        return tmp_path

    def test_the_data_lies_where_the_account_can_go(self, state_dir: Path, closed_dir: Path) -> None:
        mode = closed_dir.stat().st_mode
        url, lease = embedded_postgres.start(closed_dir)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept ()")
        lease.drop()
        home = closed_dir / "postgres"
        assert home.resolve().parent == state_dir.resolve()
        assert closed_dir.stat().st_mode == mode
        assert (home / "data").stat().st_uid not in (0, closed_dir.stat().st_uid)
        url, lease = embedded_postgres.start(closed_dir)
        with psycopg.connect(url) as connection:
            connection.execute("SELECT FROM kept")
        lease.drop()

    def test_a_removed_data_folder_starts_afresh(self, state_dir: Path, closed_dir: Path) -> None:
        url, lease = embedded_postgres.start(closed_dir)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE gone ()")
        lease.drop()
        wait_for_keeper(closed_dir)
        (closed_dir / "postgres").unlink()
        url, lease = embedded_postgres.start(closed_dir)
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT FROM gone")
        lease.drop()

    def test_a_copied_folder_does_not_share_the_data(self, state_dir: Path, closed_dir: Path) -> None:
        for name in ("original", "copy"):
            (closed_dir / name).mkdir()
        _, lease = embedded_postgres.start(closed_dir / "original")
        home = (closed_dir / "original" / "postgres").resolve()
        (closed_dir / "copy" / "postgres").symlink_to(home)
        _, other = embedded_postgres.start(closed_dir / "copy")
        assert (closed_dir / "copy" / "postgres").resolve() != home
        other.drop()
        lease.drop()
