"""Known incidents of other identity systems about codes and tokens, each as the attacker would try it."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from access.models import Resource
from applications.services.applications import delete_application
from common.actors import SYSTEM
from common.clock import now
from identity.models import User
from identity.services.users import create_user, delete_user, set_user_suspended
from oidc.keys.signing import sign_jwt
from oidc.models import AccessToken, Grant, RefreshToken
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import create_tenant
from tests.oidc.tokens.parties import (
    API,
    CHALLENGE,
    ISSUER,
    REDIRECT_URI,
    SECRET,
    Party,
    authorize,
    basic,
    make_application,
    race_parties,
)
from tests.responses import ClientResponse

LATER = timedelta(seconds=10)


@pytest.fixture
def rival(tenant: Tenant) -> Party:
    """Another application of the tenant, with the same redirect URI."""
    return Party(make_application("SPA"))


@pytest.fixture
def rival_web(tenant: Tenant) -> Party:
    """Another application of the tenant that keeps a secret."""
    return Party(make_application("Traditional"))


def refused(answer: ClientResponse, error: str = "invalid_grant") -> bool:
    return answer.status_code in (400, 401) and answer.json()["error"] == error


# --- Codes and refresh tokens belong to their client ------------------------------------------------------------------


def test_a_code_redeemed_by_another_client(spa: Party, rival: Party, rival_web: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    assert refused(rival.redeem(code))
    assert refused(rival_web.redeem(code))
    assert spa.redeem(code).status_code == 200, "who may not have it does not spoil it either"


def test_a_refresh_token_used_by_another_client(spa: Party, rival: Party, rival_web: Party, alice: User) -> None:
    token = spa.sign_in(alice)["refresh_token"]
    assert refused(rival.refresh(token))
    assert refused(rival_web.refresh(token))
    assert spa.refresh(token).status_code == 200


def test_a_client_that_names_one_application_and_proves_another(
    traditional: Party, rival_web: Party, spa: Party, alice: User
) -> None:
    code = authorize(alice, traditional.application)
    header = {"Authorization": basic(rival_web.id)}
    answer = rival_web.redeem(code, client_id=traditional.id, headers=header)
    assert refused(answer, "invalid_request")
    # The confidential client's id, without its secret, by whoever knows the id.
    browser = Client(HTTP_HOST="localhost:8000")
    body = {"grant_type": "authorization_code", "code": code, "client_id": traditional.id}
    assert refused(browser.post("/oidc/token", body, content_type="application/json"), "invalid_client")
    # A public client that pretends to have a secret.
    body = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": spa.id, "client_secret": SECRET}
    assert refused(browser.post("/oidc/token", body, content_type="application/json"), "invalid_client")


@pytest.mark.parametrize("verifier", [None, "", "x", CHALLENGE])
def test_a_stolen_code_without_its_proof(spa: Party, alice: User, verifier: str | None) -> None:
    """PKCE taken back: the verifier left out, or the challenge sent as its own verifier (`plain`)."""
    code = authorize(alice, spa.application)
    assert refused(spa.redeem(code, code_verifier=verifier))
    assert spa.redeem(code).status_code == 200


def test_a_confidential_clients_proof_cannot_be_left_out(traditional: Party, alice: User) -> None:
    code = authorize(alice, traditional.application)
    assert refused(traditional.redeem(code, code_verifier=None))
    injected = authorize(alice, traditional.application, challenge="")
    assert refused(traditional.redeem(injected)), "a code without a challenge, injected into a client that uses PKCE"


def test_a_code_used_twice_ends_what_it_gave(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    tokens = spa.redeem(code).json()
    assert refused(spa.redeem(code))
    assert refused(spa.refresh(tokens["refresh_token"]))
    assert spa.userinfo(tokens["access_token"]).status_code == 401


def test_a_stolen_refresh_token_used_after_its_owner(spa: Party, alice: User) -> None:
    stolen = spa.sign_in(alice)["refresh_token"]
    own = spa.refresh(stolen).json()
    with time_machine.travel(now() + LATER, tick=False):
        assert refused(spa.refresh(stolen))
        assert refused(spa.refresh(own["refresh_token"]))
        assert spa.userinfo(own["access_token"]).status_code == 401


# --- A token is what it says it is ------------------------------------------------------------------------------------


def _bearer(path: str, token: str, host: str = "localhost:8000") -> int:
    answer = Client(HTTP_HOST=host).get(path, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


def test_an_id_token_is_no_access_token(spa: Party, alice: User) -> None:
    tokens = spa.sign_in(alice)
    for path in ("/oidc/me", "/api/my-account", "/api/users"):
        assert _bearer(path, tokens["id_token"]) == 401
        assert _bearer(path, tokens["refresh_token"]) == 401
    assert _bearer("/api/users", tokens["access_token"]) == 401


def test_an_access_token_is_no_id_token(spa: Party, alice: User, api: Resource) -> None:
    granted = {API: "read:things"}
    code = authorize(alice, spa.application, scope="openid offline_access read:things", resources=granted)
    refresh_token = spa.redeem(code).json()["refresh_token"]
    token = spa.refresh(refresh_token, resource=API).json()["access_token"]
    assert token.count(".") == 2
    answer = spa.browser.get(f"/oidc/session/end?id_token_hint={token}")
    assert refused(answer, "invalid_request")


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "logout+jwt"])
def test_a_token_of_a_type_is_no_hint(spa: Party, alice: User, typ: str) -> None:
    """A hint of the type `JWT` was taken for an ID token, which access tokens for an older API may have too.

    Everything else about these is right: issuer, signature, and the client as audience (RFC 8725 section 3.11).
    """
    moment = int(now().timestamp())
    claims = {"iss": ISSUER, "aud": spa.id, "sub": alice.id, "client_id": spa.id, "iat": moment, "exp": moment + 60}
    assert spa.browser.get("/oidc/session/end", {"id_token_hint": sign_jwt(claims)}).status_code == 200
    hint = sign_jwt(claims, typ=typ)
    assert refused(spa.browser.get("/oidc/session/end", {"id_token_hint": hint}), "invalid_request")
    asked = {
        "client_id": spa.id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "prompt": "none",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "id_token_hint": hint,
    }
    assert "error=invalid_request" in spa.browser.get("/oidc/auth", asked)["Location"]
    asked["id_token_hint"] = sign_jwt(claims)
    assert "error=login_required" in spa.browser.get("/oidc/auth", asked)["Location"], "nobody is signed in"


def test_a_refresh_token_or_a_code_opens_no_door(spa: Party, rival_web: Party, alice: User) -> None:
    """An API let in whoever sent a refresh token as a bearer: it and access tokens are looked up by the same digest.

    Every door that looks a token up, and both credentials that are no access token (RFC 6749 section 1.5).
    """
    tokens, code = spa.sign_in(alice), authorize(alice, spa.application)
    for credential in (tokens["refresh_token"], code):
        for path in ("/oidc/me", "/api/my-account", "/api/users"):
            for scheme in ("Bearer", "DPoP"):
                header = {"Authorization": f"{scheme} {credential}"}
                assert spa.browser.get(path, headers=header).status_code == 401, (path, scheme)
        assert spa.browser.post("/oidc/me", {"access_token": credential}).status_code == 401
        assert rival_web.introspect(credential) == {"active": False}
        rival_web.post("token/revocation", token=credential)
    assert spa.introspect(tokens["refresh_token"])["active"], "nobody but its own client ends it"
    assert spa.redeem(code).status_code == 200


def _unsigned(claims: dict[str, Any], **header: str) -> str:
    parts = ({"typ": "at+jwt", **header}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def test_a_token_that_nobody_signed(machine: Party) -> None:
    claims = {
        "iss": "http://localhost:8000/oidc",
        "aud": "https://default.logto.app/api",
        "sub": machine.id,
        "client_id": machine.id,
        "scope": "all",
        "exp": int(now().timestamp()) + 60,
    }
    keys = machine.browser.get("/oidc/jwks").json()["keys"]
    assert _bearer("/api/users", sign_jwt(claims, typ="at+jwt")) == 200
    for algorithm in ("none", "None", "HS256", "ES256", "RS256"):
        for kid in (keys[0]["kid"], "", "../../dev/null"):
            assert _bearer("/api/users", _unsigned(claims, alg=algorithm, kid=kid)) == 401
    assert _bearer("/api/users", sign_jwt(claims)) == 401
    assert _bearer("/api/users", sign_jwt(claims, typ="logout+jwt")) == 401


# --- People and applications who are no more --------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["suspend", "delete"])
def test_a_suspended_or_deleted_user_gets_nothing(spa: Party, alice: User, end: str) -> None:
    """A suspended account that goes on minting tokens with what it had."""
    code, tokens = authorize(alice, spa.application), spa.sign_in(alice)
    if end == "suspend":
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
    else:
        delete_user(alice, actor=SYSTEM)
    assert refused(spa.redeem(code))
    assert refused(spa.refresh(tokens["refresh_token"]))
    assert spa.userinfo(tokens["access_token"]).status_code == 401
    assert _bearer("/api/my-account", tokens["access_token"]) == 401
    assert spa.introspect(tokens["access_token"]) == {"active": False}


def test_unlocking_an_account_does_not_bring_back_what_a_thief_had(spa: Party, alice: User) -> None:
    tokens = spa.sign_in(alice)
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    set_user_suspended(alice, suspended=False, actor=SYSTEM)
    assert refused(spa.refresh(tokens["refresh_token"]))
    assert spa.userinfo(tokens["access_token"]).status_code == 401


def test_a_deleted_application_takes_its_tokens_along(spa: Party, rival: Party, alice: User) -> None:
    tokens, code, client_id = spa.sign_in(alice), authorize(alice, spa.application), spa.id
    delete_application(spa.application, actor=SYSTEM)
    assert refused(rival.redeem(code))
    assert refused(rival.refresh(tokens["refresh_token"]))
    assert refused(rival.refresh(tokens["refresh_token"], client_id=client_id), "invalid_client")
    assert rival.userinfo(tokens["access_token"]).status_code == 401


# --- Another tenant ---------------------------------------------------------------------------------------------------


@pytest.fixture
def foreign(mallory: User) -> Party:
    with enter_tenant("acme"):
        return Party(make_application("SPA"), browser=Client(HTTP_HOST="acme.localhost:8000"))


def test_another_tenants_tokens_at_every_endpoint(
    spa: Party, traditional: Party, foreign: Party, mallory: User
) -> None:
    with enter_tenant("acme"):
        code, spare = authorize(mallory, foreign.application), authorize(mallory, foreign.application)
    tokens = foreign.redeem(code).json()
    assert refused(spa.redeem(spare))
    assert refused(Party(foreign.application).redeem(spare), "invalid_client")
    assert refused(spa.refresh(tokens["refresh_token"]))
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert traditional.introspect(token) == {"active": False}
        assert traditional.post("token/revocation", token=token).status_code == 200
    for token in (tokens["access_token"], tokens["id_token"], tokens["refresh_token"]):
        for path in ("/oidc/me", "/api/my-account", "/api/users"):
            assert _bearer(path, token) == 401
    hint = spa.browser.get(f"/oidc/session/end?id_token_hint={tokens['id_token']}")
    assert refused(hint, "invalid_request")
    assert foreign.userinfo(tokens["access_token"]).status_code == 200, "nobody else could revoke it"
    assert foreign.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-Host", "Forwarded", "X-Host", "X-Tenant-Id"])
def test_headers_of_an_unknown_client_do_not_choose_the_tenant(spa: Party, foreign: Party, header: str) -> None:
    value = "host=acme.localhost:8000" if header == "Forwarded" else "acme.localhost:8000"
    found = spa.browser.get("/oidc/.well-known/openid-configuration", headers={header: value})
    assert found.json()["issuer"] == "http://localhost:8000/oidc"


def test_a_host_that_is_nobodys(spa: Party) -> None:
    for host in ("evil.example", "acme.localhost.evil.example", "a.acme.localhost", "nobody.localhost", "_.localhost"):
        assert Client(HTTP_HOST=host).get("/oidc/jwks").status_code in (400, 404)


# --- Races ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_replayed_refresh_token_wins_no_race() -> None:
    """Many replays at once after the leeway: none is answered, and the family is gone."""
    create_tenant("default", name="Default")
    with enter_tenant("default"):
        spa, alice = Party(make_application("SPA")), create_user(username="alice", actor=SYSTEM)
        stolen = spa.sign_in(alice)["refresh_token"]
        assert spa.refresh(stolen).status_code == 200
        RefreshToken.objects.filter(consumed_at__isnull=False).update(consumed_at=now() - LATER)
        answers = race_parties(spa.application, lambda party: party.refresh(stolen))
        assert all(refused(answer) for answer in answers)
        assert Grant.objects.get().revoked_at is not None
        assert not RefreshToken.objects.exists()
        assert not AccessToken.objects.exists()
