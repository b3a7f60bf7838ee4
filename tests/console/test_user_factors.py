"""A user's page in the console: their second factors and passkeys, renamed and removed, each change audited."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from console.audit.names import Names
from console.audit.sentences import plain_sentence
from events.history import record
from events.models import AuditLog
from identity.factors.backup_codes.codes import hash_codes, new_codes
from identity.factors.backup_codes.service import bind_backup_codes, use_backup_code
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp
from identity.models import Factor, User
from identity.services.factors import list_factors
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.console.test_changes import management
from tests.identity.factors.test_passkeys import bind as bind_passkey

pytestmark = pytest.mark.django_db

ROWS = management(
    "memberships", "social_identities", "sso_identities", "sessions", "personal_access_tokens", "trusted_devices"
)


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Iterator[None]:
    with enter_tenant("default"):
        yield


@pytest.fixture
def alice() -> User:
    return create_user(username="alice", name="Alice", primary_email="alice@example.com", actor=SYSTEM)


def give_codes(user: User) -> list[str]:
    codes = new_codes()
    bind_backup_codes(user, hashes=hash_codes(user.id, codes), actor=SYSTEM)
    return codes


def page(user: User) -> str:
    return f"/console/default/identity/user/{user.id}/change/"


def rows(user: User, **changes: str) -> dict[str, str]:
    """The page's form as it comes, with one change of it."""
    factors = list_factors(user)
    form = {"username": "alice", "name": "Alice", "primary_email": "alice@example.com", "custom_data": "{}", **ROWS}
    form |= {"factors-TOTAL_FORMS": str(len(factors)), "factors-INITIAL_FORMS": str(len(factors))}
    for number, factor in enumerate(factors):
        form |= {f"factors-{number}-id": factor.id, f"factors-{number}-user": user.id}
        form |= {f"factors-{number}-name": factor.name or ""}
    return form | changes


def sentence_of(entry: AuditLog) -> str:
    return plain_sentence(entry, Names([entry]))


def test_factors_are_listed_with_what_tells_them_apart(console: Client, alice: User) -> None:
    bind_passkey(alice, name="Blue key")
    bind_totp(alice, secret=new_secret(), actor=SYSTEM)
    use_backup_code(alice, code=give_codes(alice)[0])
    shown = console.get(page(alice)).content.decode()
    for words in ("Passkey", "Apple Passwords · Firefox on Windows", "Blue key", "Authenticator app", "9 codes left"):
        assert words in shown


def test_a_passkey_is_renamed(console: Client, carol: User, alice: User) -> None:
    bind_passkey(alice, name="Blue key")
    answer = console.post(page(alice), rows(alice, **{"factors-0-name": "Red key"}))
    assert answer.status_code == 302
    assert Factor.objects.get().name == "Red key"
    entry = AuditLog.objects.filter(key="User.Factors.Updated").latest("created_at")
    assert entry.payload["actor"] == {"kind": "developer", "id": carol.id}
    assert sentence_of(entry) == "Carol changed the second factors or passkeys of Alice"


def test_a_passkey_keeps_some_name(console: Client, alice: User) -> None:
    bind_passkey(alice, name="Blue key")
    answer = console.post(page(alice), rows(alice, **{"factors-0-name": ""}))
    assert answer.status_code == 200
    assert Factor.objects.get().name == "Blue key"


def test_other_factors_have_no_name(console: Client, alice: User) -> None:
    bind_totp(alice, secret=new_secret(), actor=SYSTEM)
    assert console.post(page(alice), rows(alice, **{"factors-0-name": "App"})).status_code == 302
    assert Factor.objects.get().name is None


def test_a_lost_factor_is_removed(console: Client, carol: User, alice: User) -> None:
    bind_totp(alice, secret=new_secret(), actor=SYSTEM)
    passkey = bind_passkey(alice)
    assert console.post(page(alice), rows(alice, **{"factors-0-DELETE": "on"})).status_code == 302
    assert [factor.id for factor in list_factors(alice)] == [passkey.id]
    entry = AuditLog.objects.filter(key="User.Factors.Updated").latest("created_at")
    assert (entry.payload["removed"], entry.payload["actor"]["id"]) == ({"factors": ["Totp"]}, carol.id)


def test_all_are_removed_at_once(console: Client, alice: User) -> None:
    """Backup codes that went with the last other factor are no error."""
    bind_totp(alice, secret=new_secret(), actor=SYSTEM)
    give_codes(alice)
    marked = {"factors-0-DELETE": "on", "factors-1-DELETE": "on"}
    assert console.post(page(alice), rows(alice, **marked)).status_code == 302
    assert list_factors(alice) == []


def test_a_passkey_that_may_be_a_copy_is_told_of(alice: User) -> None:
    record("User.PasskeyCounter.Regressed", subject=alice, before={"counter": 5}, after={"counter": 2})
    entry = AuditLog.objects.get(key="User.PasskeyCounter.Regressed")
    assert sentence_of(entry) == "A passkey of Alice may have been copied: its counter went back"
