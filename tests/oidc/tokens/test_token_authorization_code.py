"""The grant `authorization_code`: redeeming what the authorization endpoint gave."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from applications.models import Application
from common.clock import now
from events.models import AuditLog
from identity.models import User
from oidc.models import AccessToken, AuthorizationCode, Grant, RefreshToken
from tests.oidc.tokens.parties import (
    API,
    ISSUER,
    OTHER_API,
    REDIRECT_URI,
    VERIFIER,
    Party,
    authorize,
    header,
    make_application,
    unknown_value,
)

pytestmark = pytest.mark.django_db


def refused(answer: Any) -> None:
    """`invalid_grant`, and never why."""
    assert answer.status_code == 400
    body = answer.json()
    assert (body["error"], body["code"]) == ("invalid_grant", "oidc.invalid_grant")
    assert body["error_description"] == "grant request is invalid"
    assert "error_uri" not in body, "it led to a site that is not ours"


def test_tokens_for_a_code(spa: Party, alice: User) -> None:
    answer = spa.redeem(authorize(alice, spa.application, nonce="n-1"))
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "id_token", "refresh_token", "expires_in", "scope", "token_type"}
    assert "." not in body["access_token"]
    assert len(body["access_token"]) >= 43
    assert body["expires_in"] == 3600
    assert body["scope"].startswith("openid offline_access profile")
    claims = spa.claims(body["id_token"], spa.id)
    assert "typ" not in header(body["id_token"])
    assert (claims["iss"], claims["sub"], claims["aud"], claims["nonce"]) == (ISSUER, alice.id, spa.id, "n-1")
    assert claims["exp"] - claims["iat"] == 3600
    assert not {"at_hash", "auth_time", "sid", "acr"} & set(claims)


def test_nothing_is_stored_in_clear(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    body = spa.redeem(code).json()
    stored = str([list(model.objects.values()) for model in (AuthorizationCode, AccessToken, RefreshToken, AuditLog)])
    for value in (code, body["access_token"], body["refresh_token"], body["id_token"], VERIFIER):
        assert value not in stored


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": VERIFIER + "x"},
        {"code_verifier": None},
        {"code_verifier": "v" * 5000},
        {"redirect_uri": REDIRECT_URI + "/"},
        {"redirect_uri": "https://APP.example.com/callback"},
        {"code": "unknown"},
    ],
)
def test_a_failing_check_leaves_the_code_good(spa: Party, alice: User, change: dict[str, Any]) -> None:
    code = authorize(alice, spa.application)
    refused(spa.redeem(**({"code": code} | change)))
    assert spa.redeem(code).status_code == 200


def test_an_unknown_resource_leaves_the_code_good(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application, resources={API: "read:things"})
    assert spa.redeem(code, resource=OTHER_API).json()["error"] == "invalid_target"
    assert spa.redeem(code).status_code == 200


@pytest.mark.parametrize("missing", ["code", "grant_type"])
def test_a_missing_parameter(spa: Party, missing: str) -> None:
    parameters = {"grant_type": "authorization_code", "code": "x"}
    del parameters[missing]
    answer = spa.post("token", **parameters)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_description"] == f"missing required parameter '{missing}'"


def test_another_clients_code(spa: Party, traditional: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    refused(traditional.redeem(code))
    assert spa.redeem(code).status_code == 200


def test_a_minute_later(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    with time_machine.travel(now() + timedelta(seconds=61)):
        refused(spa.redeem(code))


def test_a_code_used_twice_revokes_what_it_gave(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    tokens = spa.redeem(code).json()
    refused(spa.redeem(code))
    assert Grant.objects.get().revoked_at is not None
    refused(spa.refresh(tokens["refresh_token"]))
    assert spa.userinfo(tokens["access_token"]).status_code == 401
    assert not RefreshToken.objects.exists()


def test_a_stolen_code_without_its_key_revokes_nothing(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    tokens = spa.redeem(code).json()
    refused(spa.redeem(code, code_verifier="x" * 43))
    assert spa.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("state", ["suspended", "grant revoked", "access control"])
def test_what_the_code_depends_on(spa: Party, alice: User, state: str) -> None:
    code = authorize(alice, spa.application)
    if state == "suspended":
        User.objects.update(is_suspended=True)
    elif state == "grant revoked":
        Grant.objects.update(revoked_at=now())
    else:
        Application.objects.update(app_level_access_control_enabled=True)
        answer = spa.redeem(code)
        assert (answer.status_code, answer.json()["error"]) == (400, "access_denied")
        assert answer.json()["error_description"] == "Access denied."
        return
    refused(spa.redeem(code))


def test_a_resource_brings_a_jwt_at_once(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application, resources={API: "read:things own:things"})
    body = spa.redeem(code, resource=API).json()
    claims = spa.claims(body["access_token"], API)
    assert header(body["access_token"])["typ"] == "at+jwt"
    assert list(claims) == ["jti", "sub", "iat", "exp", "scope", "client_id", "iss", "aud"]
    assert (claims["sub"], claims["scope"], body["expires_in"]) == (alice.id, "read:things own:things", 1800)
    assert not AccessToken.objects.exists()


def test_without_openid_the_granted_resource_stands_in(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application, scope="offline_access", resources={API: "read:things"})
    body = spa.redeem(code).json()
    assert "id_token" not in body
    assert spa.claims(body["access_token"], API)["scope"] == "read:things"


def test_an_opaque_token_has_the_providers_scopes_alone(spa: Party, alice: User) -> None:
    body = spa.sign_in(alice, scope="openid profile", resources={API: "read:things"})
    assert body["scope"] == "openid profile"


def test_organization_id_has_no_effect_here(spa: Party, alice: User) -> None:
    answer = spa.redeem(authorize(alice, spa.application), organization_id="anything")
    assert answer.status_code == 200
    assert "." not in answer.json()["access_token"]


class TestRefreshTokens:
    def test_none_without_offline_access(self, spa: Party, alice: User) -> None:
        assert "refresh_token" not in spa.sign_in(alice, scope="openid")

    def test_always_for_a_web_application_that_says_so(self, tenant: object, alice: User) -> None:
        party = Party(make_application("SPA", custom_client_metadata={"alwaysIssueRefreshToken": True}))
        party.sign_in(alice, scope="openid")
        assert RefreshToken.objects.get().expires_with_session

    def test_never_so_for_a_native_one(self, tenant: object, alice: User) -> None:
        party = Party(make_application("Native", custom_client_metadata={"alwaysIssueRefreshToken": True}))
        assert "refresh_token" not in party.sign_in(alice, scope="openid")

    @pytest.mark.parametrize(
        ("metadata", "days"),
        [
            ({}, 14),
            ({"refreshTokenTtlInDays": 30}, 30),
            ({"refreshTokenTtl": 86_400}, 1),
            ({"refreshTokenTtl": 86_400, "refreshTokenTtlInDays": 2}, 2),
        ],
    )
    def test_they_live_as_long_as_the_application_says(
        self, tenant: object, alice: User, metadata: dict[str, int], days: int
    ) -> None:
        party = Party(make_application("SPA", custom_client_metadata=metadata))
        with time_machine.travel(now(), tick=False):
            party.sign_in(alice)
            assert RefreshToken.objects.get().expires == now() + timedelta(days=days)


class TestConfidentialClients:
    def test_no_proof_key_is_needed(self, traditional: Party, alice: User) -> None:
        code = authorize(alice, traditional.application, challenge="")
        assert traditional.redeem(code, code_verifier=None).status_code == 200

    def test_one_that_was_sent_is_checked(self, traditional: Party, alice: User) -> None:
        code = authorize(alice, traditional.application)
        refused(traditional.redeem(code, code_verifier=None))

    def test_a_verifier_without_a_challenge(self, traditional: Party, alice: User) -> None:
        refused(traditional.redeem(authorize(alice, traditional.application, challenge="")))


def test_the_only_redirect_uri_may_be_left_out(spa: Party, native: Party, alice: User) -> None:
    assert spa.redeem(authorize(alice, spa.application), redirect_uri=None).status_code == 200
    two = Party(make_application("SPA", redirect_uris=[REDIRECT_URI, "https://b.example.com/"]))
    answer = two.redeem(authorize(alice, two.application), redirect_uri=None)
    assert answer.json()["error_description"] == "missing required parameter 'redirect_uri'"


def test_what_the_audit_log_says(spa: Party, alice: User) -> None:
    spa.sign_in(alice)
    spa.redeem(unknown_value())
    success, failure = AuditLog.objects.filter(key="ExchangeTokenBy.AuthorizationCode").order_by("created_at")
    assert (success.user_id, success.application_id) == (alice.id, spa.id)
    assert success.payload["tokenTypes"] == ["IdToken", "AccessToken", "RefreshToken"]
    assert success.payload["grantId"] == Grant.objects.get().id
    assert (failure.application_id, failure.payload["error"]["code"]) == (spa.id, "oidc.invalid_grant")
    assert "unknown" in failure.payload["reason"]


def test_statements(spa: Party, alice: User, django_assert_num_queries: Any) -> None:
    """Stamp, code with all that claims are made of, and one statement for all writes: code used, tokens, entry."""
    codes = [authorize(alice, spa.application) for _ in range(2)]
    spa.redeem(codes[0])
    with django_assert_num_queries(3):
        spa.redeem(codes[1])
