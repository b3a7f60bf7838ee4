"""Step-up on the pages: who is signed in is asked for the second factor alone (RFC 9470)."""

from collections.abc import Callable
from typing import Any

import pytest

from identity.models import User
from identity.selectors import get_user
from oidc.models import Session
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor
from tests.experience.second_factors.conftest import code_at

Settings = Callable[..., None]

TWO_FACTORS = {"acr_values": "urn:gatehouse:acr:2fa", "prompt": ""}


@pytest.fixture
def signed_in(visitor: Visitor, alice: User, totp_secret: str, settings_of: Settings, noon: Any) -> Visitor:
    """Alice has an app, and a session that her password alone has begun."""
    settings_of(mfa={"factors": ["Totp"], "policy": "NoPrompt"})
    user = get_user(alice.id)
    user.account_settings = {"mfa": {"enabled": False}}
    user.save()
    assert visitor.open().send(identifier="alice", password=PASSWORD).arrive()["code"]
    return visitor


def test_the_password_is_not_asked_for_again(signed_in: Visitor, totp_secret: str) -> None:
    signed_in.open(**TWO_FACTORS)
    assert signed_in.path == "/mfa-verification/Totp"
    assert signed_in.go(f"/sign-in?{signed_in.response.request['QUERY_STRING']}").path == "/mfa-verification/Totp"
    assert signed_in.send(code=code_at(totp_secret)).arrive()["code"]


def test_without_the_session_it_is_a_whole_sign_in(signed_in: Visitor, totp_secret: str) -> None:
    """It has ended meanwhile, in another window perhaps: the page asks for everything, and leads nobody in circles."""
    signed_in.open(**TWO_FACTORS)
    Session.objects.all().delete()
    signed_in.send(code=code_at(totp_secret))
    assert signed_in.path == "/sign-in"
    signed_in.send(identifier="alice", password=PASSWORD)
    assert signed_in.path == "/mfa-verification/Totp"


def test_who_cannot_fulfil_a_wish_goes_on_without(signed_in: Visitor, settings_of: Settings) -> None:
    settings_of(mfa={"factors": [], "policy": "NoPrompt"})
    assert signed_in.open(**TWO_FACTORS).arrive()["code"]
