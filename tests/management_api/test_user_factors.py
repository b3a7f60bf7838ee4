"""`/api/users/…/mfa-verifications`, `…/logto-configs` and `/api/configs/security-notifications`."""

import base64
import io
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import zxingcpp
from django.test import Client
from django_otp.oath import TOTP
from PIL import Image

from common.actors import SYSTEM
from events.models import AuditLog
from identity.factors.backup_codes.service import use_backup_code
from identity.factors.totp.codes import new_secret, read_secret
from identity.factors.totp.service import verify_totp
from identity.models import Factor, User
from identity.services.users import update_user
from tenants.context import enter_tenant
from tests.identity.factors.test_passkeys import AGENT
from tests.identity.factors.test_passkeys import bind as bind_passkey

pytestmark = pytest.mark.django_db

JSON = "application/json"
CODES = [f"{number:010x}" for number in range(10)]


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def address(user: User, *parts: str) -> str:
    return "/".join([f"/api/users/{user.id}/mfa-verifications", *parts])


def create(api: Client, user: User, kind: str, **values: Any) -> Any:
    return api.post(address(user), {"type": kind, **values}, content_type=JSON)


def code_of(secret: str) -> str:
    clock = TOTP(read_secret(secret))
    clock.time = datetime.now(UTC).timestamp()
    return str(clock.token()).zfill(6)


class TestAuthenticatorApp:
    def test_a_new_secret_shows_once_with_its_qr_code(self, api: Client, alice: User) -> None:
        """What a phone reads from the picture signs in."""
        made = create(api, alice, "Totp")
        assert made.status_code == 200, made.content
        body = made.json()
        assert sorted(body) == ["secret", "secretQrCode", "type"]
        picture = base64.b64decode(body["secretQrCode"].removeprefix("data:image/png;base64,"))
        read = zxingcpp.read_barcode(Image.open(io.BytesIO(picture)))
        assert read is not None
        parts = urlsplit(read.text)
        assert unquote(parts.path) == "/localhost:Alice Archer"
        query = parse_qs(parts.query)
        assert (query["secret"], query["issuer"]) == ([body["secret"]], ["localhost"])
        verify_totp(alice, code=code_of(query["secret"][0]))
        listed = api.get(address(alice))
        assert body["secret"] not in listed.content.decode()
        (row,) = listed.json()
        assert sorted(row) == ["createdAt", "id", "type"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["createdAt"])

    def test_a_secret_of_another_system_is_taken(self, api: Client, alice: User) -> None:
        secret = new_secret()
        assert create(api, alice, "Totp", secret=secret).json()["secret"] == secret
        assert error(create(api, alice, "Totp")) == (422, "user.totp_already_in_use")

    @pytest.mark.parametrize("secret", ["short", "a" * 32, "1" * 32, ""])
    def test_what_is_no_secret_is_refused(self, api: Client, alice: User, secret: str) -> None:
        assert error(create(api, alice, "Totp", secret=secret)) == (422, "user.totp_secret_invalid")
        assert not Factor.objects.exists()


class TestBackupCodes:
    def test_they_show_once(self, api: Client, alice: User) -> None:
        create(api, alice, "Totp")
        codes = create(api, alice, "BackupCode").json()["codes"]
        assert len(set(codes)) == 10
        use_backup_code(alice, code=codes[0])
        listed = api.get(address(alice))
        assert [row["type"] for row in listed.json()] == ["Totp", "BackupCode"]
        assert listed.json()[1]["remainCodes"] == 9
        assert not any(code in listed.content.decode() for code in codes)

    def test_codes_of_another_system_are_taken(self, api: Client, alice: User) -> None:
        create(api, alice, "Totp")
        assert create(api, alice, "BackupCode", codes=CODES).json() == {"type": "BackupCode", "codes": CODES}
        assert error(create(api, alice, "BackupCode")) == (422, "user.backup_code_already_in_use")

    def test_they_need_another_factor(self, api: Client, alice: User) -> None:
        assert error(create(api, alice, "BackupCode")) == (422, "session.mfa.backup_code_can_not_be_alone")

    @pytest.mark.parametrize("codes", [[], CODES[:9], [*CODES[:9], "x" * 10], [*CODES[:9], CODES[0]]])
    def test_their_form_is_fixed(self, api: Client, alice: User, codes: list[str]) -> None:
        create(api, alice, "Totp")
        assert error(create(api, alice, "BackupCode", codes=codes)) == (422, "user.wrong_backup_code_format")

    def test_a_used_up_set_makes_room(self, api: Client, alice: User) -> None:
        create(api, alice, "Totp")
        for code in create(api, alice, "BackupCode", codes=CODES).json()["codes"]:
            use_backup_code(alice, code=code)
        assert create(api, alice, "BackupCode").status_code == 200


@pytest.mark.parametrize("body", [{}, {"type": "WebAuthn"}, {"type": "EmailVerificationCode"}, {"type": ["Totp"]}, []])
def test_other_types_are_the_users_to_set_up(api: Client, alice: User, body: Any) -> None:
    assert error(api.post(address(alice), body, content_type=JSON)) == (400, "guard.invalid_input")


@pytest.mark.parametrize(
    "values",
    [
        {"type": "Totp", "secret": 1},
        {"type": "Totp", "secret": None},
        {"type": "Totp", "secret": "x" * 257},
        {"type": "BackupCode", "codes": "x"},
        {"type": "BackupCode", "codes": [1]},
        {"type": "BackupCode", "codes": ["x"] * 101},
    ],
)
def test_bodies_have_their_form(api: Client, alice: User, values: dict[str, Any]) -> None:
    assert error(api.post(address(alice), values, content_type=JSON)) == (400, "guard.invalid_input")


def test_a_lost_factor_is_removed(api: Client, alice: User) -> None:
    passkey = bind_passkey(alice, name="Lost phone")
    (row,) = api.get(address(alice)).json()
    assert (row["name"], row["agent"], row["type"]) == ("Lost phone", AGENT, "WebAuthn")
    assert api.delete(address(alice, passkey.id)).status_code == 204
    assert error(api.delete(address(alice, passkey.id))) == (404, "entity.not_found")
    assert api.get(address(alice)).json() == []
    entry = AuditLog.objects.filter(key="User.Factors.Updated").latest("created_at")
    assert (entry.user_id, entry.payload["actor"]["kind"]) == (alice.id, "application")


def test_unknown_users(api: Client) -> None:
    for method in (api.get, api.post):
        assert error(method("/api/users/nobody/mfa-verifications")) == (404, "entity.not_found")
    assert error(api.delete("/api/users/nobody/mfa-verifications/x")) == (404, "entity.not_found")
    assert error(api.get("/api/users/nobody/logto-configs")) == (404, "entity.not_found")


def test_a_foreign_tenants_factor_is_not_there(api: Client, alice: User, mallory: User) -> None:
    with enter_tenant("acme"):
        factor = bind_passkey(mallory)
    assert error(api.get(address(mallory))) == (404, "entity.not_found")
    assert error(api.delete(address(alice, factor.id))) == (404, "entity.not_found")


class TestPreferences:
    def test_what_is_not_decided_is_absent_or_false(self, api: Client, alice: User) -> None:
        update_user(alice, account_settings={}, actor=SYSTEM)
        expected = {"mfa": {"skipped": False, "skipMfaOnSignIn": False}, "passkeySignIn": {"skipped": False}}
        assert api.get(f"/api/users/{alice.id}/logto-configs").json() == expected

    def test_members_are_merged(self, api: Client, alice: User) -> None:
        address = f"/api/users/{alice.id}/logto-configs"
        update_user(alice, account_settings={"mfa": {"enabled": False}, "guideRequests": [1]}, actor=SYSTEM)
        changes = {"mfa": {"skipMfaOnSignIn": True, "additionalBindingSuggestionSkipped": True}}
        changed = api.patch(address, changes, content_type=JSON)
        assert changed.json() == {
            "mfa": {"enabled": False, "skipped": False, "skipMfaOnSignIn": True},
            "passkeySignIn": {"skipped": False},
        }
        again = api.patch(address, {"mfa": {"enabled": True}, "passkeySignIn": {"skipped": True}}, content_type=JSON)
        assert again.json()["mfa"] == {"enabled": True, "skipped": False, "skipMfaOnSignIn": True}
        alice.refresh_from_db()
        assert alice.account_settings["guideRequests"] == [1]
        assert alice.account_settings["mfa"]["additionalBindingSuggestionSkipped"] is True

    @pytest.mark.parametrize("body", [{"mfa": {"enabled": "yes"}}, {"mfa": None}, {"passkeySignIn": 1}, []])
    def test_members_are_flags(self, api: Client, alice: User, body: Any) -> None:
        answer = api.patch(f"/api/users/{alice.id}/logto-configs", body, content_type=JSON)
        assert error(answer) == (400, "guard.invalid_input")


def test_security_notifications_are_on_until_switched_off(api: Client) -> None:
    address = "/api/configs/security-notifications"
    assert api.get(address).json() == {"enabled": True}
    assert api.patch(address, {"enabled": False}, content_type=JSON).json() == {"enabled": False}
    assert api.get(address).json() == {"enabled": False}
    assert error(api.patch(address, {"enabled": "no"}, content_type=JSON)) == (400, "guard.invalid_input")
