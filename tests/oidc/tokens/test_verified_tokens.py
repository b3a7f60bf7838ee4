"""A signature is verified once; whatever can change is asked with every request all the same."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from oidc.keys import verified_tokens
from oidc.keys.signing import sign_jwt, verify_jwt
from oidc.token.tokens import read_access_token_claims
from tenants.context import enter_tenant
from tenants.services.keys import rotate_key
from tests.oidc.tokens.parties import ISSUER, Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    decode = jwt.decode

    def counted(token: str, *arguments: Any, **options: Any) -> Any:
        seen.append(token)
        return decode(token, *arguments, **options)

    monkeypatch.setattr("oidc.keys.signing.jwt.decode", counted)
    return seen


def signed(machine: Party, *, lifetime: int = 60, **more: Any) -> str:
    expires_at = int(now().timestamp()) + lifetime
    payload = {"sub": machine.id, "client_id": machine.id, "iss": ISSUER, "exp": expires_at, **more}
    return sign_jwt(payload, typ="at+jwt")


def test_a_signature_is_verified_once(machine: Party, verifications: list[str]) -> None:
    token = signed(machine)
    first, second = read_access_token_claims(token), read_access_token_claims(token)
    assert first == second
    assert first is not None
    assert first["sub"] == machine.id
    assert verifications == [token]


def test_another_signature_is_another_token(machine: Party) -> None:
    """The header and payload of a token that is known, with a signature that nobody made."""
    token = signed(machine)
    assert read_access_token_claims(token)
    assert read_access_token_claims(f"{token.rpartition('.')[0]}.{'A' * 86}") is None


def test_what_a_caller_does_to_the_claims_is_seen_by_no_other(machine: Party) -> None:
    token = signed(machine, cnf={"jkt": "key"})
    assert read_access_token_claims(token)
    claims = read_access_token_claims(token)
    assert claims is not None
    claims["cnf"]["jkt"] = "mallory's"
    claims["sub"] = "mallory"
    again = read_access_token_claims(token)
    assert again is not None
    assert (again["sub"], again["cnf"]) == (machine.id, {"jkt": "key"})


def test_a_remembered_token_expires(machine: Party) -> None:
    token = signed(machine)
    assert read_access_token_claims(token)
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert read_access_token_claims(token) is None
    assert not verified_tokens._held


def test_a_removed_key_counts_no_more(machine: Party) -> None:
    token = signed(machine)
    assert read_access_token_claims(token)
    rotate_key(actor=SYSTEM)
    assert read_access_token_claims(token)
    rotate_key(actor=SYSTEM)
    assert read_access_token_claims(token) is None


def test_a_deleted_application_counts_no_more(machine: Party) -> None:
    token = signed(machine)
    assert read_access_token_claims(token)
    Application.objects.filter(id=machine.id).delete()
    assert read_access_token_claims(token) is None


def test_another_tenant_does_not_take_it(machine: Party) -> None:
    token = signed(machine)
    assert verify_jwt(token)
    with enter_tenant("acme"):
        assert verify_jwt(token) is None
    assert verify_jwt(token)


def test_what_is_remembered_is_bounded(machine: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant can sign as many tokens as it likes, and as long ones: the memory of a process stays as it is."""
    monkeypatch.setattr(verified_tokens, "_MOST_TOKENS", 3)
    tokens = [signed(machine, jti=str(number)) for number in range(5)]
    assert all(read_access_token_claims(token) for token in tokens)
    assert len(verified_tokens._held) == 3
    assert read_access_token_claims(signed(machine, text="x" * 3_000))
    assert len(verified_tokens._held) == 3


def test_the_least_recently_presented_goes_first(
    machine: Party, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified_tokens, "_MOST_TOKENS", 2)
    first, second, third = (signed(machine, jti=name) for name in ("first", "second", "third"))
    for token in (first, second, first, third, first):
        assert read_access_token_claims(token)
    assert verifications == [first, second, third]


def test_a_token_without_an_end_is_not_remembered(machine: Party) -> None:
    token = sign_jwt({"sub": machine.id})
    assert verify_jwt(token)
    assert not verified_tokens._held
