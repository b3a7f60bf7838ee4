"""`/api/user-imports` and `/api/user-exports`: a backend brings users over, and takes them along."""

import csv
import io
import json
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase

from access.models import Role
from common.actors import SYSTEM
from events.models import AuditLog
from identity.factors.totp.service import bind_totp
from identity.imports.options import unseal_secrets
from identity.imports.running import run_user_import
from identity.models import Factor, User, UserImport
from identity.selectors import find_user_by_identifier
from identity.services.passwords import verify_user_password
from organizations.models import Organization, OrganizationMember, OrganizationRole
from organizations.services.members import add_members, assign_member_roles
from tenants.context import enter_tenant
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

PATH = "/api/user-imports"
ROWS = '{"username": "dora"}\n{"username": "alice"}\n{"name": "Nobody"}\n'


def upload(api: Client, content: str = ROWS, **query: Any) -> Any:
    address = f"{PATH}?{urlencode(query)}"
    return api.post(address, content.encode(), content_type="application/octet-stream")


def post(api: Client, import_id: str, what: str) -> Any:
    """Call, and do at once what the worker would."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return api.post(f"{PATH}/{import_id}/{what}")


def test_a_file_is_checked_and_imported(api: Client, alice: User) -> None:
    created = upload(api, fileName="users.ndjson")
    assert created.status_code == 201
    body = created.json()
    assert (body["status"], body["source"], body["layout"], body["fileName"]) == (
        "Uploaded", "gatehouse", "ndjson", "users.ndjson",
    )  # fmt: skip
    assert body["fileSize"] == len(ROWS)
    assert post(api, body["id"], "dry-run").status_code == 202
    checked = api.get(f"{PATH}/{body['id']}").json()
    assert (checked["status"], checked["dryRun"]) == (
        "Checked", {"rows": 3, "created": 1, "updated": 0, "skipped": 0, "failed": 2},
    )  # fmt: skip
    found = api.get(f"{PATH}/{body['id']}/problems?page_size=1")
    assert found.headers["Total-Number"] == "2"
    assert found.json() == [
        {
            "row": 2,
            "line": 2,
            "field": "username",
            "code": "user.username_already_in_use",
            "message": "This username is in use already.",
        }
    ]
    assert not User.objects.filter(username="dora").exists()
    assert post(api, body["id"], "start").status_code == 202
    done = api.get(f"{PATH}/{body['id']}").json()
    assert (done["status"], done["created"], done["failed"]) == ("Completed", 1, 2)
    assert done["bytesRead"] == len(ROWS)
    assert User.objects.filter(username="dora").exists()
    assert [row["id"] for row in api.get(PATH).json()] == [body["id"]]


def test_a_form_with_options(api: Client, alice: User) -> None:
    address = f"{PATH}?{urlencode({'options': json.dumps({'onExisting': 'skip'}), 'source': 'gatehouse'})}"
    form = {"file": SimpleUploadedFile("users.csv", b"username\nalice\n")}
    created = api.post(address, form).json()
    assert created["options"]["onExisting"] == "skip"
    post(api, created["id"], "start")
    assert api.get(f"{PATH}/{created['id']}").json()["skipped"] == 1


def test_secrets_are_in_the_form_alone(api: Client) -> None:
    """A proxy wrote the key of everybody's hashes into its log, with the address that it stood in."""
    secrets = json.dumps({"signerKey": "a2V5", "saltSeparator": "Bw==", "rounds": 8, "memoryCost": 14})
    form = {"file": SimpleUploadedFile("users.json", b'{"localId": "1", "email": "a@example.com"}')}
    refused = api.post(f"{PATH}?{urlencode({'source': 'firebase', 'secrets': secrets})}", form)
    assert (refused.status_code, refused.json()["code"]) == (400, "guard.invalid_input")
    form["file"].seek(0)
    created = api.post(f"{PATH}?source=firebase", {**form, "secrets": secrets})
    assert created.status_code == 201
    held = UserImport.objects.get()
    assert unseal_secrets(held.id, held.sealed_options)["signerKey"] == "a2V5"


@pytest.mark.parametrize("secrets", ["x", "[]", '{"signerKey": "x"}'])
def test_secrets_that_no_source_takes_are_refused(api: Client, secrets: str) -> None:
    form = {"file": SimpleUploadedFile("users.ndjson", ROWS.encode()), "secrets": secrets}
    refused = api.post(PATH, form)
    assert (refused.status_code, refused.json()["code"]) == (400, "guard.invalid_input")
    assert not UserImport.objects.exists()


def test_it_stops_and_goes_on(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.imports.batches.BATCH_ROWS", 1)
    import_id = upload(api, "\n".join(json.dumps({"username": f"user_{letter}"}) for letter in "abc")).json()["id"]
    assert api.post(f"{PATH}/{import_id}/start").status_code == 202
    assert run_user_import(import_id, seconds=0) is True
    canceled = api.post(f"{PATH}/{import_id}/cancel").json()
    assert (canceled["status"], canceled["created"]) == ("Canceled", 1)
    assert run_user_import(import_id, seconds=0) is False
    # Some of its users are there: it is not begun again.
    for what in ("start", "dry-run", "cancel"):
        refused = api.post(f"{PATH}/{import_id}/{what}")
        assert (refused.status_code, refused.json()["code"]) == (422, "user_import.wrong_status")
    assert post(api, import_id, "resume").status_code == 202
    done = api.get(f"{PATH}/{import_id}").json()
    assert (done["status"], done["created"], done["rows"]) == ("Completed", 3, 3)


def test_an_import_is_deleted_unless_it_runs(api: Client) -> None:
    import_id = upload(api).json()["id"]
    api.post(f"{PATH}/{import_id}/dry-run")
    assert api.delete(f"{PATH}/{import_id}").json()["code"] == "user_import.wrong_status"
    api.post(f"{PATH}/{import_id}/cancel")
    assert api.delete(f"{PATH}/{import_id}").status_code == 204
    assert api.get(f"{PATH}/{import_id}").status_code == 404


@pytest.mark.parametrize(
    ("content", "query", "code"),
    [
        ("", {}, "guard.invalid_input"),
        ("{", {}, "user_import.unknown_format"),
        ('{"x": 1}', {}, "user_import.unknown_format"),
        ("\x00\x01", {}, "user_import.unknown_format"),
        (ROWS, {"source": "ldap"}, "user_import.unknown_format"),
        (ROWS, {"options": "x"}, "guard.invalid_input"),
        (ROWS, {"options": "[]"}, "guard.invalid_input"),
        (ROWS, {"options": '{"onExisting": "replace"}'}, "guard.invalid_input"),
        (ROWS, {"options": '{"onExists": "skip"}'}, "guard.invalid_input"),
    ],
)
def test_what_is_no_file_of_users_is_refused(api: Client, content: str, query: dict[str, str], code: str) -> None:
    refused = upload(api, content, **query)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert not UserImport.objects.exists()


def test_files_are_bounded(api: Client, settings: Any) -> None:
    settings.USER_IMPORT_MAX_BYTES = 50
    assert upload(api, ROWS).json()["code"] == "guard.file_size_exceeded"
    settings.USER_IMPORT_MAX_BYTES, settings.USER_IMPORT_MAX_ROWS = 1_000, 2
    import_id = upload(api, ROWS).json()["id"]
    post(api, import_id, "dry-run")
    failed = api.get(f"{PATH}/{import_id}").json()
    assert (failed["status"], failed["errorCode"]) == ("Failed", "user_import.too_many_rows")
    settings.FILE_STORAGE = "off"
    assert upload(api).json()["code"] == "storage.not_configured"


def test_unfinished_imports_are_bounded(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.imports.jobs.MOST_UNFINISHED", 1)
    upload(api)
    refused = upload(api)
    assert (refused.status_code, refused.json()["code"]) == (422, "user_import.too_many")


def exported(api: Client, **query: Any) -> str:
    answer: Any = api.get(f"/api/user-exports?{urlencode(query)}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


@pytest.fixture
def orchard(alice: User) -> Organization:
    organization = Organization.objects.create(name="Orchard")
    role = OrganizationRole.objects.create(name="admin")
    add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    assign_member_roles(organization, user_id=alice.id, role_ids=[role.id], actor=SYSTEM)
    return organization


@pytest.mark.parametrize("layout", ["ndjson", "csv"])
def test_users_of_one_tenant_sign_in_at_another(
    api: Client, acme_api: Client, alice: User, bob: User, orchard: Organization, layout: str
) -> None:
    bind_totp(alice, secret="JBSWY3DPEHPK3PXP", actor=SYSTEM)
    content = exported(api, format=layout, includePasswordHashes="true", includeTotpSecrets="true")
    with enter_tenant("acme"):
        Organization.objects.create(id="orchard-acme", name="Orchard")
        OrganizationRole.objects.create(name="admin")
    # The organization has another id there: its name is what both share.
    content = content.replace(orchard.id, "")
    created = upload(acme_api, content).json()
    with TestCase.captureOnCommitCallbacks(execute=True):
        acme_api.post(f"{PATH}/{created['id']}/start")
    assert acme_api.get(f"{PATH}/{created['id']}/problems").json() == []
    with enter_tenant("acme"):
        moved = find_user_by_identifier("email", "alice@example.com")
        assert moved is not None
        assert verify_user_password(moved, PASSWORD)
        assert (moved.name, moved.primary_phone) == (alice.name, alice.primary_phone)
        assert OrganizationMember.objects.get().organization_id == "orchard-acme"
        assert Factor.objects.get().user == moved
        assert find_user_by_identifier("username", "bob") is not None


def test_secrets_are_in_an_export_only_if_they_are_asked_for(api: Client, alice: User) -> None:
    bind_totp(alice, secret="JBSWY3DPEHPK3PXP", actor=SYSTEM)
    plain = exported(api)
    assert "argon2" not in plain
    assert "JBSWY3DPEHPK3PXP" not in plain
    with_secrets = json.loads(exported(api, includePasswordHashes="1", includeTotpSecrets="1"))
    assert with_secrets["passwordDigest"].startswith("$argon2id$")
    assert with_secrets["totpSecret"] == "JBSWY3DPEHPK3PXP"
    entries = AuditLog.objects.filter(key="Users.Exported").order_by("created_at")
    assert [entry.payload["after"]["totpSecrets"] for entry in entries] == [False, True]
    assert api.get("/api/user-exports?format=xml").json()["code"] == "guard.invalid_input"


def test_no_cell_of_an_export_is_a_formula(api: Client, alice: User) -> None:
    User.objects.filter(id=alice.id).update(name='=HYPERLINK("https://mallory.example")')
    [row] = csv.DictReader(io.StringIO(exported(api, format="csv")))
    assert row["name"] == '\'=HYPERLINK("https://mallory.example")'


def test_an_export_has_every_user_once(api: Client, monkeypatch: pytest.MonkeyPatch, alice: User, bob: User) -> None:
    monkeypatch.setattr("identity.exports.streaming._PAGE", 1)
    Role.objects.create(name="viewer", description="")
    ids = [json.loads(line)["id"] for line in exported(api).splitlines()]
    assert ids == sorted([alice.id, bob.id])


def test_exports_leave_threads_to_others(api: Client, monkeypatch: pytest.MonkeyPatch, alice: User) -> None:
    monkeypatch.setattr("tenants.downloads._places", BoundedSemaphore(0))
    refused = api.get("/api/user-exports")
    assert (refused.status_code, refused.json()["code"]) == (429, "request.rate_limited")
    assert refused.headers["Retry-After"]
    assert not AuditLog.objects.filter(key="Users.Exported").exists()
