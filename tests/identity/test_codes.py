"""One-time codes: sent, guessed at, consumed once."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import transaction

from identity.models import MessageSend, VerificationCode
from identity.services.codes import CodePolicy, send_verification_code, verify_code
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.racing import outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

START = datetime(2030, 1, 1, tzinfo=UTC)
KEY: dict[str, Any] = {
    "channel": "email",
    "recipient": "alice@example.com",
    "template_type": "SignIn",
    "verification_id": "record1",
}
BY_RECIPIENT: dict[str, Any] = {**KEY, "template_type": "Generic", "verification_id": ""}

Outbox = list[dict[str, Any]]


def code_of(outbox: Outbox) -> str:
    return str(outbox[-1]["payload"]["code"])


def wrong(outbox: Outbox) -> str:
    return str((int(code_of(outbox)) + 1) % 1_000_000).zfill(6)


def test_a_code_is_sent_with_its_context_and_works_once(outbox: Outbox) -> None:
    send_verification_code(**KEY, context={"application": {"id": "app"}, "code": "no"}, locale="de")
    (message,) = outbox
    assert message["recipient"] == "alice@example.com"
    assert (message["template_type"], message["locale"]) == ("SignIn", "de")
    assert message["payload"]["application"] == {"id": "app"}
    assert len(code_of(outbox)) == 6
    assert code_of(outbox).isdigit()
    assert outcome(lambda: verify_code(**KEY, code=code_of(outbox))) == "ok"
    assert outcome(lambda: verify_code(**KEY, code=code_of(outbox))) == "verification_code.not_found"


def test_the_code_itself_is_not_stored(outbox: Outbox) -> None:
    send_verification_code(**KEY)
    row = VerificationCode.objects.values().get()
    assert code_of(outbox) not in {str(value) for value in row.values()}
    assert len(row["code_hash"]) == 64


def test_the_same_code_of_two_records_has_two_hashes(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.services.codes.new_code", lambda: "123456")
    send_verification_code(**KEY)
    send_verification_code(**{**KEY, "verification_id": "record2"})
    assert len(set(VerificationCode.objects.values_list("code_hash", flat=True))) == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"verification_id": "other"}, "verification_code.not_found"),
        ({"template_type": "Register"}, "verification_code.not_found"),
        ({"verification_id": ""}, "verification_code.not_found"),
        ({"verification_id": "\x00"}, "verification_code.not_found"),
        ({"recipient": "bob@example.com"}, "verification_code.email_mismatch"),
        ({"channel": "phone", "recipient": "12025550101"}, "verification_code.phone_mismatch"),
        ({"recipient": "ALICE@example.com"}, "ok"),
    ],
)
def test_a_code_is_good_for_its_key_alone(outbox: Outbox, changed: dict[str, Any], code: str) -> None:
    send_verification_code(**KEY)
    assert outcome(lambda: verify_code(**{**KEY, **changed}, code=code_of(outbox))) == code


def test_without_a_record_the_recipient_is_the_key(outbox: Outbox) -> None:
    send_verification_code(**BY_RECIPIENT)
    send_verification_code(**{**BY_RECIPIENT, "recipient": "bob@example.com"})
    bobs = code_of(outbox)
    assert outcome(lambda: verify_code(**{**BY_RECIPIENT, "recipient": "carol@example.com"}, code=bobs)) == (
        "verification_code.not_found"
    )
    assert outcome(lambda: verify_code(**{**BY_RECIPIENT, "recipient": "bob@example.com"}, code=bobs)) == "ok"
    alices = str(outbox[0]["payload"]["code"])
    assert outcome(lambda: verify_code(**BY_RECIPIENT, code=alices)) == "ok"


def test_a_new_code_replaces_the_unused_one(outbox: Outbox) -> None:
    send_verification_code(**KEY)
    old = code_of(outbox)
    send_verification_code(**KEY)
    assert VerificationCode.objects.count() == 1
    if old != code_of(outbox):
        assert outcome(lambda: verify_code(**KEY, code=old)) == "verification_code.code_mismatch"
    assert outcome(lambda: verify_code(**KEY, code=code_of(outbox))) == "ok"


def test_a_code_expires(outbox: Outbox) -> None:
    with time_machine.travel(START, tick=False) as clock:
        send_verification_code(**KEY)
        clock.shift(timedelta(seconds=600))
        assert outcome(lambda: verify_code(**KEY, code=code_of(outbox))) == "verification_code.expired"
        clock.shift(timedelta(seconds=-1))
        assert outcome(lambda: verify_code(**KEY, code=code_of(outbox))) == "ok"


def test_wrong_codes_are_counted_to_the_maximum(outbox: Outbox) -> None:
    send_verification_code(**KEY)
    policy = CodePolicy.from_settings({"maxRetryAttempts": 3})
    outcomes = [outcome(lambda: verify_code(**KEY, code=wrong(outbox), policy=policy)) for _ in range(4)]
    assert outcomes == ["verification_code.code_mismatch"] * 3 + ["verification_code.exceed_max_try"]
    right = outcome(lambda: verify_code(**KEY, code=code_of(outbox), policy=policy))
    assert right == "verification_code.exceed_max_try"


@pytest.mark.parametrize("code", ["", "\x00", "\ud800", "１２３４５６", "x" * 10_000])
def test_an_odd_code_is_a_wrong_code(outbox: Outbox, code: str) -> None:
    send_verification_code(**KEY)
    assert outcome(lambda: verify_code(**KEY, code=code)) == "verification_code.code_mismatch"


def test_mismatch_comes_before_expiry_and_expiry_before_tries(outbox: Outbox) -> None:
    with time_machine.travel(START, tick=False) as clock:
        send_verification_code(**KEY)
        VerificationCode.objects.update(try_count=10)
        clock.shift(timedelta(hours=1))
        other = {**KEY, "recipient": "bob@example.com"}
        assert outcome(lambda: verify_code(**other, code="1")) == "verification_code.email_mismatch"
        assert outcome(lambda: verify_code(**KEY, code="1")) == "verification_code.expired"


def test_another_tenant_cannot_use_the_code(outbox: Outbox) -> None:
    send_verification_code(**BY_RECIPIENT)
    with enter_tenant("acme"):
        assert outcome(lambda: verify_code(**BY_RECIPIENT, code=code_of(outbox))) == "verification_code.not_found"


def test_a_failed_send_stores_and_counts_nothing(outbox: Outbox) -> None:
    by_phone = {**KEY, "channel": "phone", "recipient": "12025550101"}
    assert outcome(lambda: send_verification_code(**by_phone)) == "connector.not_found"
    assert outcome(lambda: send_verification_code(**by_phone, is_suppressed=True)) == "connector.not_found"
    assert (VerificationCode.objects.count(), MessageSend.objects.count()) == (0, 0)


def test_a_suppressed_code_looks_like_a_sent_one(outbox: Outbox) -> None:
    send_verification_code(**KEY, is_suppressed=True)
    assert outbox == []
    assert MessageSend.objects.count() == 1
    assert outcome(lambda: verify_code(**KEY, code="abc")) == "verification_code.code_mismatch"


def test_settings_override_defaults() -> None:
    assert CodePolicy.from_settings({}) == CodePolicy(expires_in=600, max_tries=10)
    assert CodePolicy.from_settings(None) == CodePolicy.from_settings({})
    given = {"expirationDuration": 60, "maxRetryAttempts": 1}
    assert CodePolicy.from_settings(given) == CodePolicy(expires_in=60, max_tries=1)


@pytest.mark.django_db(transaction=True)
def test_a_wrong_guess_refuses_to_be_part_of_a_transaction(outbox: Outbox, tenant: Tenant) -> None:
    send_verification_code(**KEY)
    with pytest.raises(RuntimeError), transaction.atomic():
        verify_code(**KEY, code="wrong")


@pytest.mark.parametrize("send", [send_verification_code, partial(send_verification_code, is_suppressed=True)])
@pytest.mark.parametrize(
    ("channel", "recipient", "code"),
    [("email", f"alice@{'a' * 64}.example", "user.invalid_email"), ("phone", "99999", "user.invalid_phone")],
)
def test_a_recipient_that_nothing_can_reach_is_refused_when_asked_for(
    send: Any, channel: str, recipient: str, code: str, outbox: Outbox
) -> None:
    """The task that delivered the code died of a `UnicodeError`, long after the answer."""
    key = {**KEY, "channel": channel, "recipient": recipient}
    assert outcome(lambda: send(**key)) == code
    assert not MessageSend.objects.exists()
    assert not outbox


def test_sends_to_every_spelling_of_a_domain_count_together(outbox: Outbox) -> None:
    for address in ("user@bücher.example", "user@xn--bcher-kva.example"):
        send_verification_code(**{**KEY, "recipient": address})
    assert MessageSend.objects.values("recipient_hash").distinct().count() == 1
    assert outcome(lambda: verify_code(**{**KEY, "recipient": "user@BÜCHER.example"}, code=code_of(outbox))) == "ok"
