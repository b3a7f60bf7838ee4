"""RFC 9068 section 4: what a JWT access token must be for the house's own APIs to accept it."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine

from access.models import Role
from applications.models import Application, ApplicationRole
from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from identity.models import User
from oidc.keys.signing import sign_jwt
from oidc.token.tokens import find_opaque_token, verify_access_token
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.keys import rotate_key
from tests.oidc.tokens.parties import ISSUER, Party, make_application

pytestmark = pytest.mark.django_db

AUDIENCE = "https://default.logto.app/api"


@pytest.fixture
def token(machine: Party) -> str:
    role = Role.objects.get(name="Logto Management API access")
    ApplicationRole.objects.create(application=machine.application, role=role)
    return machine.credentials(resource=AUDIENCE, scope="all").json()["access_token"]


def refused(token: str, audience: str = AUDIENCE) -> None:
    with pytest.raises(AppError) as failure:
        verify_access_token(token, audience=audience)
    assert (failure.value.code, failure.value.status) == ("auth.unauthorized", 401)


def forged(machine: Party, typ: str | None = "at+jwt", **changes: Any) -> str:
    """A token signed by the tenant's own key, good but for the changes."""
    payload = {
        "sub": machine.id,
        "client_id": machine.id,
        "scope": "all",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": int(now().timestamp()) + 60,
    }
    merged = {name: value for name, value in (payload | changes).items() if value is not None}
    return sign_jwt(merged, typ=typ)


def test_a_good_token(token: str, machine: Party) -> None:
    claims = verify_access_token(token, audience=AUDIENCE)
    assert (claims["sub"], claims["client_id"], claims["scope"]) == (machine.id, machine.id, "all")
    assert verify_access_token(forged(machine), audience=AUDIENCE)["scope"] == "all"


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": None},
        {"typ": "JWT"},
        {"typ": "logout+jwt"},
        {"exp": 1},
        {"exp": None},
        {"aud": "https://other.example"},
        {"aud": [AUDIENCE]},
        {"aud": None},
        {"iss": "https://evil.example/oidc"},
        {"iss": "http://acme.localhost:8000/oidc"},
        {"iss": "http://localhost:8000"},
        {"iss": None},
        {"client_id": "nobody"},
        {"client_id": None},
    ],
)
def test_signed_by_us_but_not_for_this(machine: Party, changes: dict[str, Any]) -> None:
    refused(forged(machine, **changes))


def test_not_signed_by_us(token: str, machine: Party) -> None:
    header, payload, signature = token.split(".")
    refused(f"{header}.{payload}.{signature[:-4]}AAAA")
    refused(f"{header}.{payload}.")
    refused(jwt.encode(jwt.decode(token, options={"verify_signature": False}), "", algorithm="none"))
    shared = {"typ": "at+jwt", "kid": jwt.get_unverified_header(token)["kid"]}
    claims = jwt.decode(token, options={"verify_signature": False})
    refused(jwt.encode(claims, "a-shared-secret-of-more-than-32-bytes", algorithm="HS256", headers=shared))


@pytest.mark.parametrize("value", ["", "a", "a.b", "a.b.c", "." * 3, "ä.ö.ü", "e30.e30.e30", "bnVsbA.e30.x"])
def test_not_a_token(tenant: Tenant, value: str) -> None:
    refused(value)


def test_an_id_token(spa: Party, alice: User) -> None:
    refused(spa.sign_in(alice)["id_token"], audience=spa.id)


def test_time_passes(token: str) -> None:
    with time_machine.travel(now() + timedelta(seconds=3601)):
        refused(token)


def test_the_previous_key_still_counts(token: str) -> None:
    rotate_key(actor=SYSTEM)
    verify_access_token(token, audience=AUDIENCE)
    rotate_key(actor=SYSTEM)
    refused(token)


def test_an_application_that_is_gone(token: str) -> None:
    Application.objects.all().delete()
    refused(token)


def test_another_tenants_token(token: str) -> None:
    with enter_tenant("acme"):
        refused(token)
        theirs = Party(make_application("MachineToMachine"))
        foreign = forged(theirs, iss="http://acme.localhost:8000/oidc")
        verify_access_token(foreign, audience=AUDIENCE)
    refused(foreign)


def test_tenant_admin_is_trusted_by_all(tenant: Tenant) -> None:
    with enter_tenant("admin"):
        console = Party(make_application("MachineToMachine"))
        token = forged(console, iss="http://admin.localhost:8000/oidc")
    assert verify_access_token(token, audience=AUDIENCE)["iss"] == "http://admin.localhost:8000/oidc"
    refused(token, audience="https://acme.logto.app/api")


def test_opaque_tokens(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["access_token"]
    found = find_opaque_token(token)
    assert found is not None
    assert (found.user_id, found.client_id) == (alice.id, spa.id)
    with enter_tenant("acme"):
        assert find_opaque_token(token) is None
    User.objects.update(is_suspended=True)
    assert find_opaque_token(token) is None
