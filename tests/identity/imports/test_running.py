"""Imports stop and go on: after a crash, when two processes want one, when others write the same users meanwhile."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from common.actors import SYSTEM
from common.clock import now
from identity.imports import batches, decisions
from identity.imports.decisions import Decision
from identity.imports.files import BytesFile
from identity.imports.jobs import create_local_import, create_user_import, start_user_import
from identity.imports.layouts import RawRow, find_form, read_rows
from identity.imports.running import run_user_import
from identity.imports.selectors import list_waiting_imports
from identity.models import User, UserImport, UserImportProblem
from identity.services.users import create_user
from identity.tasks import clean_up_imports
from tenants.models import Tenant
from tests.identity.imports.conftest import CAROL, Importing, counts, problems

pytestmark = pytest.mark.django_db

THREE = "\n".join(json.dumps({"id": letter, "username": f"user_{letter}"}) for letter in "abc")


@pytest.fixture
def running(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> UserImport:
    """An import of three rows, in batches of one, that nobody has run yet."""
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    user_import = create_user_import(THREE.encode(), actor=CAROL)
    return start_user_import(user_import, is_dry_run=False, actor=CAROL)


def test_a_crash_loses_nothing_and_repeats_nothing(running: UserImport, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch is written, and the process dies before the commit."""
    assert run_user_import(running.id, seconds=0) is True

    def die(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("identity.imports.running.problems_of", die)
        with pytest.raises(KeyboardInterrupt):
            run_user_import(running.id, seconds=0)
    assert User.objects.count() == 1
    assert ("default", running.id) in list_waiting_imports(moment=now())
    while run_user_import(running.id, seconds=0):
        pass
    running.refresh_from_db()
    assert (running.status, counts(running)) == ("Completed", (3, 3, 0, 0, 0))


def test_one_process_runs_an_import_at_a_time(running: UserImport) -> None:
    assert run_user_import(running.id, seconds=0) is True
    UserImport.objects.filter(id=running.id).update(lease="another", lease_expires_at=now() + timedelta(days=1))
    assert run_user_import(running.id, seconds=60) is False
    assert User.objects.count() == 1
    assert list_waiting_imports(moment=now()) == []
    # Its lease has run out: it was killed.
    UserImport.objects.filter(id=running.id).update(lease_expires_at=now() - timedelta(days=1))
    assert run_user_import(running.id, seconds=60) is False
    assert User.objects.count() == 3


def test_somebody_signs_up_meanwhile(imported: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at who is there and the write: the batch is written row by row."""
    decide = decisions.decide

    def with_a_sign_up(*args: Any, **options: Any) -> list[Decision]:
        decided = decide(*args, **options)
        if not User.objects.filter(username="user_b").exists():
            create_user(username="user_b", actor=SYSTEM)
        return decided

    monkeypatch.setattr(batches, "decide", with_a_sign_up)
    done = imported(THREE)
    assert counts(done) == (3, 2, 0, 0, 1)
    assert problems(done) == [(2, 2, "username", "user.username_already_in_use")]


def test_a_file_that_has_gone_stops_the_import(running: UserImport, tmp_path: Any) -> None:
    for part in [path for path in tmp_path.rglob("*") if path.is_file()]:
        part.unlink()
    assert run_user_import(running.id, seconds=60) is False
    running.refresh_from_db()
    assert (running.status, running.error_code) == ("Failed", "user_import.file_gone")


def test_problems_are_bounded(imported: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_PROBLEMS", 2)
    monkeypatch.setattr(batches, "BATCH_ROWS", 2)
    done = imported("\n".join(['{"name": "Nobody"}'] * 5), source="gatehouse", dry_run=True)
    assert (done.failed, done.problems.count()) == (5, 2)


def test_the_command_goes_on_where_it_stopped(
    tenant: Tenant, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "users.ndjson"
    path.write_text(THREE + '\n{"name": "Nobody"}\n')
    call_command("import_users", str(path), "--tenant", "default", "--dry-run")
    assert "3 would be created" in capsys.readouterr().out
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    with monkeypatch.context() as patch:
        patch.setattr("identity.management.commands.import_users._STEP", 0)
        patch.setattr("tqdm.tqdm.update", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            call_command("import_users", str(path), "--tenant", "default")
    assert User.objects.count() == 1
    call_command("import_users", str(path), "--tenant", "default")
    said = capsys.readouterr().out
    assert "after row 1." in said
    assert "4 rows: 3 were created, 0 changed, 0 skipped, 1 refused." in said
    assert "line 4: Nothing is left that the user could sign in by" in said
    with pytest.raises(CommandError, match="there is no tenant ghost"):
        call_command("import_users", str(path), "--tenant", "ghost")


def rows_of(content: bytes) -> list[RawRow]:
    file = BytesFile(content)
    return list(read_rows(file, find_form(file)))


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": 1}\n\n{"a": 2}\nnot json\n{"a": 3}',
        b'[{"a": 1},\n {"a": {"b": "}\\"]"}} , 3, {}]',
        b'{"realm": "x", "k": {"users": [1]},\n"users": [ {"a": 1}, {"a": [1, 2]}\n], "z": 1}',
        b'a;b\n1;"x\ny"\n2;3\n\n4;"5',
    ],
    ids=["lines", "array", "document", "csv"],
)
@pytest.mark.parametrize("piece", [1, 7, 1_000])
def test_every_row_is_a_place_to_go_on(content: bytes, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.imports.window._READ_BYTES", piece)
    monkeypatch.setattr("identity.imports.window._DROP_BYTES", 2)
    file = BytesFile(content)
    form = find_form(file)
    rows = [row[:4] for row in read_rows(file, form)]
    assert len(rows) >= 2
    for index, (_line, end, end_line, _values) in enumerate(rows):
        again = [row[:4] for row in read_rows(file, form._replace(position=end, line=end_line))]
        assert again == rows[index + 1 :]


def test_a_long_row_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (
        b'{"a": 1}\n{"a": "%s"}\n{"a": 3}' % (b"x" * 400_000),
        b'a,b\n1,\n"%s",\n3,' % (b"x" * 400_000),
    ):
        found = [(row.line, row.error.code if row.error else "") for row in rows_of(content)]
        assert [code for _line, code in found].count("user_import.row_too_long") == 1
        assert found[-1][1] == ""


def test_an_exported_file_is_its_owners_alone(tmp_path: Path, alice: User) -> None:
    """Everybody on the machine could read the file with the hashes of all passwords."""
    path = tmp_path / "users.ndjson"
    call_command("export_users", tenant="default", output=str(path))

    assert json.loads(path.read_text())["id"] == alice.id
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists"):
        call_command("export_users", tenant="default", output=str(path))


def test_what_nobody_asks_for_any_more_goes(
    imported: Importing, running: UserImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Imports kept up to ten thousand problems each for ever, and a command that was killed left one for ever."""
    failed = imported('{"username": "!"}')
    left = imported('{"username": "?"}')
    killed = create_local_import(BytesFile(THREE.encode()), sha256="0" * 64, actor=CAROL)
    start_user_import(killed, is_dry_run=False, actor=CAROL)
    assert problems(failed)
    old = now() - timedelta(days=91)
    UserImport.objects.exclude(id=left.id).update(updated_at=old)
    clean_up_imports()
    assert set(UserImport.objects.values_list("id", flat=True)) == {left.id, running.id}
    assert set(UserImportProblem.objects.values_list("user_import_id", flat=True)) == {left.id}


def test_a_file_without_an_import_goes(running: UserImport, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between storing a file and its row left a sealed file of users where nobody looked for it."""

    def die(*_: Any, **__: Any) -> Any:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("identity.imports.jobs._save", die)
        patch.setattr("tenants.files.storage.remove", die)
        with pytest.raises(SystemExit):
            create_user_import(THREE.encode(), actor=CAROL)
    clean_up_imports()
    assert len(files()) == 2, "somebody may be about to write the row"
    for name in files():
        at = (now() - timedelta(days=2)).timestamp()
        os.utime(default_storage.path(f"user-imports/default/{name}"), (at, at))
    clean_up_imports()
    assert [name.rpartition("-")[0] for name in files()] == [running.id]


def files() -> list[str]:
    found: list[str] = default_storage.listdir("user-imports/default")[1]
    return found
