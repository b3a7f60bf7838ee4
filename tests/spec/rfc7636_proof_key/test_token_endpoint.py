"""RFC 7636 sections 4.5 and 4.6: the verifier at the token endpoint."""

import pytest

from identity.models import User
from tests.oidc.tokens.parties import Party, authorize

pytestmark = pytest.mark.django_db

# Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_example_of_the_specification(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application, challenge=CHALLENGE)
    assert spa.redeem(code, code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("verifier", ["", CHALLENGE, VERIFIER[:-1], VERIFIER.upper(), f"{VERIFIER}=", "ä" * 43])
def test_anything_else(spa: Party, alice: User, verifier: str) -> None:
    code = authorize(alice, spa.application, challenge=CHALLENGE)
    answer = spa.redeem(code, code_verifier=verifier)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_public_client_without_a_challenge(spa: Party, alice: User) -> None:
    """The authorization endpoint gives no such code; none is honoured either."""
    code = authorize(alice, spa.application, challenge="")
    assert spa.redeem(code, code_verifier=None).json()["error"] == "invalid_grant"
