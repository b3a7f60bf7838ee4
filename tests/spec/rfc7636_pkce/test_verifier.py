"""RFC 7636 sections 4.5 and 4.6: the verifier at the token endpoint."""

from typing import Any

import pytest

from applications.models import Application
from identity.models import User
from tests.oidc.authorization.browsing import SPA_REDIRECT
from tests.oidc.tokens.parties import Party, authorize

pytestmark = pytest.mark.django_db

# Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def redeemed(application: Application, user: User, *, challenge: str = CHALLENGE, verifier: str | None) -> Any:
    code = authorize(user, application, challenge=challenge, redirect_uri=SPA_REDIRECT)
    return Party(application).redeem(code, redirect_uri=SPA_REDIRECT, code_verifier=verifier)


def test_b_the_example_of_the_specification(spa: Application, alice: User) -> None:
    assert redeemed(spa, alice, verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("verifier", ["", CHALLENGE, VERIFIER[:-1], VERIFIER.upper(), f"{VERIFIER}=", "ä" * 43])
def test_4_6_if_the_values_are_not_equal_the_answer_is_invalid_grant(
    spa: Application, alice: User, verifier: str
) -> None:
    answer = redeemed(spa, alice, verifier=verifier)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_public_client_without_a_challenge(spa: Application, alice: User) -> None:
    """The authorization endpoint gives no such code; none is honored either."""
    assert redeemed(spa, alice, challenge="", verifier=None).json()["error"] == "invalid_grant"
