"""Passkeys of users: bound to one account, found by their id, used with a counter that only grows."""

from functools import partial
from typing import Any

import pytest

from common.actors import Actor
from common.crypto import base64url
from events.models import AuditLog
from identity.factors.webauthn import service
from identity.factors.webauthn.ceremony import (
    NewCredential,
    RelyingParty,
    authentication_options,
    registration_options,
    verify_registration,
)
from identity.factors.webauthn.service import (
    bind_passkey,
    descriptors_of,
    find_passkey,
    list_passkeys,
    passkey_user_name,
    verify_passkey,
)
from identity.models import Factor, User
from tenants.context import enter_tenant
from tests.authenticator import Authenticator
from tests.racing import outcome, race_outcomes

pytestmark = pytest.mark.django_db

FAILED = "session.mfa.webauthn_verification_failed"
CHALLENGE = b"c" * 32
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PARTY = RelyingParty("id.example.com", "https://id.example.com")


def credential_of(authenticator: Authenticator, user: User, party: RelyingParty = PARTY) -> NewCredential:
    options = registration_options(party, user_id=user.id, user_name="x", exclude=[], challenge=CHALLENGE)
    return verify_registration(authenticator.create(options), party=party, challenge=CHALLENGE)


def bind(user: User, authenticator: Authenticator | None = None, **options: Any) -> Factor:
    credential = credential_of(authenticator or Authenticator("https://id.example.com"), user)
    return bind_passkey(user, credential=credential, agent=AGENT, actor=Actor.user(user.id), **options)


def verify(factor: Factor, authenticator: Authenticator, **changed: Any) -> Factor:
    options = authentication_options(PARTY, allow=[], challenge=CHALLENGE)
    payload = {**authenticator.get(options), **changed}
    return verify_passkey(factor, payload, party=PARTY, challenge=CHALLENGE)


@pytest.fixture
def authenticator() -> Authenticator:
    return Authenticator("https://id.example.com")


def test_a_passkey_is_named_for_its_authenticator(alice: User, authenticator: Authenticator) -> None:
    first, second = bind(alice, authenticator), bind(alice, name="Work laptop")
    unknown = bind(alice, Authenticator("https://id.example.com", aaguid="00000000-0000-0000-0000-000000000000"))
    assert [factor.name for factor in list_passkeys(alice)] == ["Apple Passwords", "Work laptop", None]
    assert (first.details["agent"], second.details["rpId"]) == (AGENT, "id.example.com")
    assert unknown.counter == 0
    assert outcome(lambda: bind(alice, name="x" * 129)) == "entity.value_too_long"


def test_a_passkey_is_found_by_its_id_at_its_host_name(alice: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    name = base64url(authenticator.credential_id)
    found = find_passkey(name, "id.example.com")
    assert found is not None
    assert (found.id, found.user_id) == (factor.id, alice.id)
    assert find_passkey(name, "other.example.com") is None
    assert find_passkey("\x00", "id.example.com") is None
    with enter_tenant("acme"):
        assert find_passkey(name, "id.example.com") is None


def test_browsers_are_told_of_those_that_belong_here(alice: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    other = RelyingParty("other.example.com", "https://other.example.com")
    elsewhere = credential_of(Authenticator("https://other.example.com"), alice, other)
    bind_passkey(alice, credential=elsewhere, agent="", actor=Actor.user(alice.id))
    assert [one.id for one in list_passkeys(alice, rp_id="id.example.com")] == [factor.id]
    assert len(list_passkeys(alice)) == 2
    (descriptor,) = descriptors_of([factor])
    assert descriptor == (base64url(authenticator.credential_id), ["internal", "hybrid"])


def test_the_use_of_a_passkey_is_noted(alice: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    authenticator.counter = 3
    verify(factor, authenticator)
    stored = Factor.objects.get()
    assert (stored.counter, stored.last_used_at is not None) == (3, True)


def test_a_counter_that_went_back_is_recorded_and_accepted(alice: User, authenticator: Authenticator) -> None:
    """It may be a copy; it may be an authenticator that synchronizes. The counter itself never goes back."""
    factor = bind(alice, authenticator)
    authenticator.counter = 5
    verify(factor, authenticator)
    for count in (5, 2):
        authenticator.counter = count
        assert verify(factor, authenticator).counter == 5
    entries = AuditLog.objects.filter(key="User.PasskeyCounter.Regressed").order_by("created_at")
    assert [(entry.user_id, entry.payload["after"]) for entry in entries] == [
        (alice.id, {"counter": 5}),
        (alice.id, {"counter": 2}),
    ]


def test_authenticators_without_a_counter_are_not_suspected(alice: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    verify(factor, authenticator)
    assert not AuditLog.objects.filter(key="User.PasskeyCounter.Regressed").exists()


def test_an_answer_of_another_passkey_proves_nothing(alice: User, bob: User, authenticator: Authenticator) -> None:
    bobs = Authenticator("https://id.example.com")
    factor = bind(alice, authenticator)
    bind(bob, bobs)
    assert outcome(lambda: verify(factor, bobs)) == FAILED
    # Alice's id, bob's signature.
    name = base64url(authenticator.credential_id)
    assert outcome(lambda: verify(factor, bobs, id=name, rawId=name)) == FAILED


def test_the_user_handle_is_the_users(alice: User, bob: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    authenticator.user_handle = base64url(bob.id.encode())
    assert outcome(lambda: verify(factor, authenticator)) == FAILED
    authenticator.user_handle = None
    assert outcome(lambda: verify(factor, authenticator)) == "ok"


def test_a_passkey_is_of_one_host_name(alice: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    factor.details["rpId"] = "other.example.com"
    assert outcome(lambda: verify(factor, authenticator)) == FAILED


def test_a_passkey_of_another_system_learns_where_it_belongs(alice: User, authenticator: Authenticator) -> None:
    """It cannot be signed in with until its first use as a second factor has said whose host name it is for."""
    factor = bind(alice, authenticator)
    details = {name: value for name, value in factor.details.items() if name != "rpId"}
    Factor.objects.update(details=details, lookup_hash=None)
    name = base64url(authenticator.credential_id)
    assert find_passkey(name, "id.example.com") is None
    (imported,) = list_passkeys(alice, rp_id="id.example.com")
    verify(imported, authenticator)
    found = find_passkey(name, "id.example.com")
    assert found is not None
    assert found.details["rpId"] == "id.example.com"


def test_a_removed_passkey_proves_nothing(alice: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    Factor.objects.all().delete()
    assert outcome(lambda: verify(factor, authenticator)) == FAILED


def test_a_credential_is_bound_once(alice: User, bob: User, authenticator: Authenticator) -> None:
    """An id that is there already, whoever's, fails the ceremony."""
    bind(alice, authenticator)
    assert outcome(lambda: bind(bob, authenticator)) == FAILED
    assert outcome(lambda: bind(alice, authenticator)) == FAILED


def test_the_number_of_passkeys_is_bounded(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_MAX_PASSKEYS", 2)
    assert [outcome(lambda: bind(alice)) for _ in range(3)] == ["ok", "ok", "user.too_many_passkeys"]


def test_the_account_is_named_by_an_identifier(alice: User) -> None:
    assert passkey_user_name(alice) == "alice@example.com"
    assert passkey_user_name(User(primary_phone="12025550101", name="Carol")) == "12025550101"
    assert passkey_user_name(User(username="carol", name="Carol")) == "carol"
    assert passkey_user_name(User(name="Carol")) == "Unnamed User"


@pytest.mark.django_db(transaction=True)
def test_parallel_uses_keep_the_highest_counter(alice: User, authenticator: Authenticator) -> None:
    factor = bind(alice, authenticator)
    options = authentication_options(PARTY, allow=[], challenge=CHALLENGE)
    payloads = []
    for count in range(1, 11):
        authenticator.counter = count
        payloads.append(authenticator.get(options))
    calls = [
        partial(verify_passkey, Factor.objects.get(id=factor.id), payload, party=PARTY, challenge=CHALLENGE)
        for payload in payloads
    ]
    assert set(race_outcomes(calls)) == {"ok"}
    assert Factor.objects.get().counter == 10
