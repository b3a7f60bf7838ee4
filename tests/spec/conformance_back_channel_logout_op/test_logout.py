"""Back-Channel Logout OP. Each test bears the name of the suite's module."""

from urllib.parse import parse_qsl

import jwt
import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from identity.models import User
from tests.spec.oidc_back_channel_logout.receiver import Receiver
from tests.spec.relying_party import GOODBYE, RelyingParty, answer_at

pytestmark = pytest.mark.django_db

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def test_oidcc_backchannel_logout_discovery_endpoint_verification(party: RelyingParty) -> None:
    assert party.metadata["backchannel_logout_supported"] is True
    assert party.metadata["backchannel_logout_session_supported"] is True


def test_oidcc_backchannel_rp_initiated_logout(
    party: RelyingParty,
    alice: User,
    receiver: Receiver,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    id_token = party.tokens()["id_token"]
    known = party.verified(id_token)
    page = party.end(id_token_hint=id_token, post_logout_redirect_uri=GOODBYE, state="s")
    with django_capture_on_commit_callbacks(execute=True):
        answer = party.leave(page)
    assert answer["Location"] == f"{GOODBYE}?state=s"

    ((_, content_type, body),) = receiver.requests
    assert content_type == "application/x-www-form-urlencoded"
    assert [name for name, _ in parse_qsl(body)] == ["logout_token"]
    (token,) = receiver.tokens
    claims = receiver.verified(token, audience=party.id, issuer=party.metadata["issuer"])
    assert (claims["sub"], claims["sid"]) == (known["sub"], known["sid"]) == (alice.id, claims["sid"])
    assert claims["events"] == {EVENT: {}}
    assert claims["jti"]
    assert "nonce" not in claims
    assert jwt.get_unverified_header(token)["alg"] == jwt.get_unverified_header(id_token)["alg"]

    assert answer_at(party.ask(prompt="none"))["error"] == "login_required"
