"""RFC 7009: a client gives its tokens back."""

import pytest

from events.models import AuditLog
from identity.models import User
from oidc.models import Grant
from tests.oidc.tokens.parties import API, Party, make_application, unknown_value

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "nonsense"])
def test_one_token_takes_its_family_along(spa: Party, alice: User, kind: str, hint: str | None) -> None:
    first = spa.sign_in(alice)
    second = spa.refresh(first["refresh_token"]).json()
    answer = spa.post("token/revocation", token=second[kind], token_type_hint=hint)
    assert (answer.status_code, answer.content) == (200, b"")
    assert spa.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    for tokens in (first, second):
        assert spa.userinfo(tokens["access_token"]).status_code == 401
        assert spa.introspect(tokens["access_token"]) == {"active": False}


def test_other_sign_ins_stay(spa: Party, alice: User, bob: User) -> None:
    gone, mine, bobs = spa.sign_in(alice), spa.sign_in(alice), spa.sign_in(bob)
    spa.post("token/revocation", token=gone["refresh_token"])
    for tokens in (mine, bobs):
        assert spa.refresh(tokens["refresh_token"]).status_code == 200


def test_an_unknown_token_is_as_good_as_revoked(spa: Party, traditional: Party) -> None:
    for party in (spa, traditional):
        for token in (unknown_value(), "x" * 20_000):
            assert party.post("token/revocation", token=token).status_code == 200


def test_no_token(spa: Party) -> None:
    body = spa.post("token/revocation").json()
    assert body["error_description"] == "missing required parameter 'token'"


def test_somebody_elses_token(spa: Party, traditional: Party, alice: User) -> None:
    token = spa.sign_in(alice)["refresh_token"]
    answer = Party(make_application("Native")).post("token/revocation", token=token)
    assert (answer.status_code, answer.content) == (200, b"")
    answer = traditional.post("token/revocation", token=token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_description"] == "client is not authorized to revoke the presented token"
    assert spa.refresh(token).status_code == 200


def test_a_jwt(spa: Party, alice: User) -> None:
    tokens = spa.sign_in(alice, resources={API: "read:things"})
    jwt = spa.refresh(tokens["refresh_token"], resource=API).json()["access_token"]
    body = spa.post("token/revocation", token=jwt).json()
    assert body["error"] == "unsupported_token_type"
    assert body["error_description"] == "Structured JWT Tokens cannot be revoked via the revocation_endpoint"


def test_what_the_audit_log_says(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["refresh_token"]
    spa.post("token/revocation", token=token)
    spa.post("token/revocation")
    success, failure = AuditLog.objects.filter(key="RevokeToken").order_by("created_at")
    assert (success.user_id, success.application_id) == (alice.id, spa.id)
    assert success.payload["grantId"] == Grant.objects.get().id
    assert success.payload["tokenTypes"] == ["RefreshToken"]
    assert (failure.payload["result"], failure.payload["error"]["code"]) == ("Error", "oidc.invalid_request")
