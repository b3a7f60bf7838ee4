"""The console's page of imports and exports: a file is uploaded, looked at, checked, imported; users are exported."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase

from console.tenancy import ConsoleRole
from identity.models import User, UserImport, UserImportProblem
from tenants.context import enter_tenant
from tests.console.conftest import browser_of, developer

pytestmark = pytest.mark.django_db

PATH = "/console/default/user-imports/"
FORM = "application/x-www-form-urlencoded"
FILE = b"email,name,roles\ndora@example.com,Dora,\nemil@example.com,Emil,ghost\n"


def upload(console: Client, content: bytes = FILE, **values: str) -> Any:
    form = {
        "file": SimpleUploadedFile("users.csv", content),
        "fileName": "users.csv",
        "source": "",
        "onExisting": "fail",
        "unverified": "refuse",
        "unsupportedPasswords": "refuse",
        "unsupportedFactors": "refuse",
        "unknownReferences": "refuse",
        **values,
    }
    return console.post(PATH, form)


def act(console: Client, import_id: str, action: str) -> str:
    body = urlencode({"id": import_id, "action": action})
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer: Any = console.post(PATH, body, content_type=FORM)
    assert answer.status_code == 302
    return console.get(answer.url).content.decode()


def only_import() -> UserImport:
    with enter_tenant("default"):
        return UserImport.objects.get()


def test_a_file_is_looked_at_checked_and_imported(console: Client) -> None:
    assert "Import users" in console.get(PATH).content.decode()
    page = console.get(upload(console).url).content.decode()
    assert "What the first rows become" in page
    assert "dora@example.com" in page
    found = only_import()
    assert (found.file_name, found.actor_kind) == ("users.csv", "developer")
    checked = act(console, found.id, "check")
    assert "There is no role for users with this id or name." in checked
    problems = console.get(f"{PATH}problems/?id={found.id}")
    assert problems.content.decode().splitlines()[1].startswith("2,3,roles,user_import.unknown_role,")
    done = act(console, found.id, "start")
    assert "Completed" in done
    with enter_tenant("default"):
        assert User.objects.filter(email_key="dora@example.com").exists()
    progress = console.get(f"{PATH}progress/?id={found.id}").json()
    assert (progress["isActive"], progress["percent"], progress["created"], progress["failed"]) == (False, 100, 1, 1)
    assert "users.csv" in console.get(PATH).content.decode()
    assert "Deleted." in act(console, found.id, "delete")


def test_no_cell_of_the_problems_is_a_formula(console: Client) -> None:
    """What a refusal quotes is the file's; in some languages the sentence begins with it."""
    upload(console)
    found = only_import()
    with enter_tenant("default"):
        UserImportProblem.objects.create(
            user_import=found, row=1, line=2, field="=cmd()", code="user_import.row_too_long"
        )
    answer = console.get(f"{PATH}problems/?id={found.id}")
    assert answer.content.decode().splitlines()[1] == "1,2,'=cmd(),user_import.row_too_long,This row is too long."


def test_a_refusal_keeps_what_was_chosen(console: Client) -> None:
    answer = upload(console, b"\x00", onExisting="skip")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "This is no file of users of a known format." in page
    assert '<option value="skip" selected>' in page


def test_firebase_needs_its_parameters(console: Client) -> None:
    users = json.dumps({"users": [{"localId": "1", "email": "dora@example.com"}]}).encode()
    secrets = {"signerKey": "a2V5", "saltSeparator": "Bw==", "rounds": "8", "memoryCost": "14"}
    assert upload(console, users, **secrets).status_code == 302
    assert only_import().sealed_options is not None
    assert upload(console, users, signerKey="a2V5").status_code == 400


def test_users_are_exported_by_admins_alone(console: Client, installation: dict[str, Any]) -> None:
    address = "/console/default/user-exports/"
    with enter_tenant("default"):
        User.objects.create(username="dora", username_key="dora")
    answer: Any = console.post(address, {"layout": "ndjson", "with_passwords": "on"})
    rows = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert "dora" in [row["username"] for row in rows]
    assert console.get(address).status_code == 302
    dave = browser_of(developer("davina", default=ConsoleRole.COLLABORATOR))
    assert dave.post(address, {"layout": "ndjson"}).status_code == 403
    assert "Export users" not in dave.get(PATH).content.decode()


def test_nobody_else_uploads(console: Client) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=console.defaults["HTTP_HOST"])
    strict.cookies = console.cookies
    assert upload(strict).status_code == 403
    assert console.post(PATH, "id=not-found&action=start", content_type=FORM).status_code == 404
