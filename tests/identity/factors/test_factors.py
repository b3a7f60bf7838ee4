"""A user's factors together: listed, renamed, removed, each change recorded and told."""

from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from common.actors import SYSTEM, Actor
from common.clock import now, to_iso
from common.errors import AppError
from connectors.messages import TemplateType, in_words
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector
from events.history import Event
from events.models import AuditLog
from identity.factor_types import FactorType
from identity.factors import FACTOR_KINDS
from identity.factors.backup_codes.codes import hash_codes, new_codes
from identity.factors.backup_codes.service import bind_backup_codes
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp, verify_totp
from identity.models import Factor, TrustedDevice, User
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING, Change, notified_once
from identity.selectors import has_mfa_factor
from identity.services.factors import list_factors, remove_factor, rename_factor, replace_totp, represent_factor
from identity.services.trusted_devices import create_trusted_device
from identity.services.users import update_user
from tenants.services.settings import set_setting
from tests.identity.factors.test_passkeys import AGENT
from tests.identity.factors.test_passkeys import bind as bind_passkey
from tests.identity.factors.test_totp_service import code_at
from tests.racing import outcome

pytestmark = pytest.mark.django_db

Mails = list[dict[str, Any]]


def totp(user: User) -> Factor:
    return bind_totp(user, secret=new_secret(), actor=SYSTEM)


def backup_codes(user: User) -> Factor:
    return bind_backup_codes(user, hashes=hash_codes(user.id, new_codes()), actor=SYSTEM)


def test_factors_are_read_in_one_statement(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factors = [totp(alice), bind_passkey(alice), backup_codes(alice)]
    totp(bob)
    with django_assert_num_queries(1):
        assert [factor.id for factor in list_factors(alice)] == [factor.id for factor in factors]
    with django_assert_num_queries(1):
        assert has_mfa_factor(alice)


def test_backup_codes_alone_are_no_factor(alice: User) -> None:
    backup_codes(alice)
    assert not has_mfa_factor(alice)


def test_factors_on_the_wire(alice: User) -> None:
    app, passkey, codes = totp(alice), bind_passkey(alice, name="Phone"), backup_codes(alice)
    passkey.last_used_at = app.last_used_at = moment = now()
    assert represent_factor(app) == {"id": app.id, "createdAt": to_iso(app.created_at), "type": "Totp"}
    assert represent_factor(passkey) == {
        "id": passkey.id,
        "createdAt": to_iso(passkey.created_at),
        "type": "WebAuthn",
        "lastUsedAt": to_iso(moment),
        "agent": AGENT,
        "name": "Phone",
    }
    assert represent_factor(codes)["remainCodes"] == 10


def test_a_factor_is_removed(alice: User, recorded: list[Event], mails: Mails) -> None:
    app, passkey, codes = totp(alice), bind_passkey(alice), backup_codes(alice)
    remove_factor(alice, factor_id=passkey.id, actor=Actor.developer("carol"))
    assert {factor.id for factor in list_factors(alice)} == {app.id, codes.id}
    entry = AuditLog.objects.filter(key="User.Factors.Updated").latest("created_at")
    assert entry.payload["removed"] == {"factors": ["WebAuthn"]}
    assert (entry.payload["actor"]["id"], entry.payload["factorIds"]) == ("carol", [passkey.id])
    assert recorded[-1].name == "User.Data.Updated"
    assert mails[-1]["payload"]["changes"] == [{"factor": "WebAuthn", "change": "Removed"}]


def test_with_the_last_factor_the_backup_codes_go(alice: User, mails: Mails) -> None:
    """Alone they would ask somebody for codes that may be lost; the message names both."""
    app = totp(alice)
    backup_codes(alice)
    remove_factor(alice, factor_id=app.id, actor=SYSTEM)
    assert list_factors(alice) == []
    assert [row["factor"] for row in mails[-1]["payload"]["changes"]] == ["Totp", "BackupCode"]


def test_backup_codes_go_alone(alice: User) -> None:
    app, codes = totp(alice), backup_codes(alice)
    remove_factor(alice, factor_id=codes.id, actor=SYSTEM)
    assert [factor.id for factor in list_factors(alice)] == [app.id]


@pytest.mark.parametrize("factor_id", ["nothing", "\x00", ""])
def test_what_is_not_there_is_not_removed(alice: User, factor_id: str) -> None:
    assert outcome(lambda: remove_factor(alice, factor_id=factor_id, actor=SYSTEM)) == "entity.not_found"


def test_a_factor_of_somebody_else_is_not_there(alice: User, bob: User) -> None:
    app, passkey = totp(bob), bind_passkey(bob)
    assert outcome(lambda: remove_factor(alice, factor_id=app.id, actor=SYSTEM)) == "entity.not_found"
    renaming = outcome(lambda: rename_factor(alice, factor_id=passkey.id, name="Mine", actor=SYSTEM))
    assert renaming == "entity.not_found"


def test_a_passkey_is_renamed(alice: User, recorded: list[Event], mails: Mails) -> None:
    """The name is the user's own word and stays out of the log; a new name is no reason for mail."""
    passkey, app = bind_passkey(alice), totp(alice)
    sent = len(mails)
    assert rename_factor(alice, factor_id=passkey.id, name="  Blue key ", actor=SYSTEM).name == "Blue key"
    assert Factor.objects.get(id=passkey.id).name == "Blue key"
    entry = AuditLog.objects.filter(key="User.Factors.Updated").latest("created_at")
    assert (entry.payload["changed"], "Blue" in str(entry.payload)) == (["name"], False)
    assert (recorded[-1].name, len(mails)) == ("User.Data.Updated", sent)
    for name, code in (
        (" ", "entity.invalid_input"),
        ("\x00", "entity.invalid_input"),
        ("x" * 129, "entity.value_too_long"),
    ):
        assert outcome(partial(rename_factor, alice, factor_id=passkey.id, name=name, actor=SYSTEM)) == code
    assert outcome(lambda: rename_factor(alice, factor_id=app.id, name="App", actor=SYSTEM)) == "entity.not_found"


def test_an_app_is_replaced_by_one_that_a_code_has_proved(alice: User, mails: Mails) -> None:
    """The code is spent, the old app is worth nothing, and no browser is trusted because of it."""
    secret = new_secret()
    code = code_at(now(), secret)
    added = replace_totp(alice, secret=secret, code=code, actor=Actor.user(alice.id))
    assert outcome(lambda: verify_totp(alice, code=code)) == "session.mfa.invalid_totp_code"
    create_trusted_device(alice, days=30, agent="Firefox")
    other = new_secret()
    wrong = partial(replace_totp, alice, secret=other, code="12345", actor=Actor.user(alice.id))
    assert outcome(wrong) == "session.mfa.invalid_totp_code"
    assert TrustedDevice.objects.count() == 1
    replaced = replace_totp(alice, secret=other, code=code_at(now(), other), actor=Actor.user(alice.id))
    assert [factor.id for factor in list_factors(alice)] == [replaced.id]
    assert (replaced.id != added.id, TrustedDevice.objects.count()) == (True, 0)
    assert [mail["payload"]["changes"][0]["change"] for mail in mails] == ["Added", "Replaced"]
    short = partial(replace_totp, alice, secret="short", code="123456", actor=Actor.user(alice.id))
    assert outcome(short) == "user.totp_secret_invalid"


def test_a_tenant_switches_the_messages_off(alice: User, mails: Mails) -> None:
    set_setting(SECURITY_NOTIFICATIONS_SETTING, {"enabled": False}, actor=SYSTEM)
    totp(alice)
    assert mails == []
    set_setting(SECURITY_NOTIFICATIONS_SETTING, {}, actor=SYSTEM)
    bind_passkey(alice)
    assert len(mails) == 1


def test_what_a_journey_does_is_told_once(alice: User, mails: Mails) -> None:
    with notified_once():
        totp(alice)
        backup_codes(alice)
        assert mails == []
    (mail,) = mails
    assert [row["factor"] for row in mail["payload"]["changes"]] == ["Totp", "BackupCode"]


def test_what_fails_is_not_told(alice: User, mails: Mails) -> None:
    totp(alice)
    with pytest.raises(AppError), notified_once():
        backup_codes(alice)
        totp(alice)
    assert len(mails) == 1
    bind_passkey(alice)
    assert len(mails) == 2


def test_without_an_address_nothing_is_sent(carol: User, mails: Mails) -> None:
    totp(carol)
    assert mails == []


def test_without_a_connector_nothing_fails(alice: User) -> None:
    totp(alice)
    assert len(list_factors(alice)) == 1


def test_the_message_is_in_the_users_language(alice: User, mails: Mails) -> None:
    """What a developer does is told in the language of the user's profile, not in the developer's."""
    update_user(alice, profile={"locale": "de-AT"}, actor=SYSTEM)
    remove_factor(alice, factor_id=totp(alice).id, actor=Actor.developer("carol"))
    bind_totp(alice, secret=new_secret(), actor=Actor.user(alice.id))
    assert [mail["locale"] for mail in mails] == ["de-AT", "de-AT", None]


@pytest.mark.parametrize("kind", FACTOR_KINDS)
def test_every_kind_of_factor_has_words_in_the_message(kind: FactorType) -> None:
    for change in (Change.ADDED, Change.REMOVED):
        payload = {"changes": [{"factor": kind.value, "change": change.value}]}
        words = in_words(TemplateType.SECURITY_NOTIFICATION, payload, "de-AT")
        assert "Konto" in words["message"]
        assert "Support" in words["warning"]


def test_the_message_arrives(alice: User, django_capture_on_commit_callbacks: Any) -> None:
    create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        totp(alice)
    message = MailboxMessage.objects.get()
    assert (message.recipient, message.subject) == ("alice@example.com", "Your sign-in security was changed")
    assert "An authenticator app was added to your account." in message.content
