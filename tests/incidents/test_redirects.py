"""Codes, errors and browsers that were sent to somebody else's address."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from applications.redirect_uris import is_registrable, matches_any
from tests.oidc.tokens.parties import CHALLENGE, REDIRECT_URI, Party

# A letter that older rules of internationalized names fold into others; browsers visit the name with the letter in it.
FOLDED = [
    ("https://cross.example/cb", "https://cro\u00df.example/cb"),
    ("https://\u03c3\u03c3.example/cb", "https://\u03c3\u03c2.example/cb"),
    ("https://ab.example/cb", "https://a\u200db.example/cb"),
    ("https://ab.example/cb", "https://a\u200cb.example/cb"),
]


@pytest.mark.parametrize(("registered", "requested"), FOLDED)
def test_a_name_that_only_older_rules_take_for_the_registered_one(registered: str, requested: str) -> None:
    assert not matches_any([registered], requested)


@pytest.mark.parametrize(
    ("registered", "requested"),
    [
        ("https://b\u00fccher.example/cb", "https://xn--bcher-kva.example/cb"),
        ("https://xn--bcher-kva.example/cb", "https://B\u00dcCHER.example/cb"),
        ("https://stra\u00dfe.example/cb", "https://xn--strae-oqa.example/cb"),
    ],
)
def test_an_internationalized_name_is_what_browsers_make_of_it(registered: str, requested: str) -> None:
    assert is_registrable(registered)
    assert matches_any([registered], requested)


@pytest.mark.parametrize("prompt", ["none", "login", "consent", "nonsense"])
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/callback",
        "https://app.example.com.evil.example/callback",
        "https://app.example.com@evil.example/callback",
        "https://app.example.com\\@evil.example/callback",
        "https://app.example.com:444/callback",
        "//evil.example/callback",
        "javascript:alert(1)",
        REDIRECT_URI + "/../x",
        REDIRECT_URI + "\r\nSet-Cookie: a=b",
    ],
)
def test_no_error_is_answered_to_an_address_nobody_registered(
    spa: Party, client: Client, prompt: str, target: str
) -> None:
    """An open redirect by `prompt=none`: the error goes to whatever address was asked for."""
    query = {
        "client_id": spa.id,
        "redirect_uri": target,
        "response_type": "code",
        "scope": "openid",
        "prompt": prompt,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    answer = client.get(f"/oidc/auth?{urlencode(query)}")
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert answer.json()["error"] == "invalid_redirect_uri"


@pytest.mark.parametrize("target", ["https://evil.example/", REDIRECT_URI, "//evil.example", "javascript:alert(1)"])
def test_signing_out_leads_nowhere_unregistered(spa: Party, client: Client, target: str) -> None:
    query = urlencode({"client_id": spa.id, "post_logout_redirect_uri": target})
    assert client.get(f"/oidc/session/end?{query}").status_code == 400
    anonymous = client.get(f"/oidc/session/end?{urlencode({'post_logout_redirect_uri': target})}")
    assert anonymous.status_code == 200
    assert "evil" not in anonymous.content.decode()


def test_a_link_to_somebody_elses_finished_sign_in(spa: Party, client: Client) -> None:
    """Signing a victim in to the attacker's account by the address at which the attacker's sign-in goes on."""
    query = {
        "client_id": spa.id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    mallory = Client(HTTP_HOST="localhost:8000")
    assert mallory.get(f"/oidc/auth?{urlencode(query)}").status_code == 303
    path = mallory.cookies["_interaction_resume"]["path"]
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "session.not_found")
    assert "_session" not in answer.cookies


@pytest.mark.parametrize("place", ["https://{}.app.example.com/cb", "https://app.example.com/{}"])
def test_a_pattern_of_many_wildcards_holds_nobody_up(place: str) -> None:
    """A tenant's developer registers it, and any visitor then keeps a worker of the whole installation busy."""
    pattern = place.format("*a" * 30 + "*")
    assert is_registrable(pattern)
    assert matches_any([pattern], place.format("ba" * 30 + "b"))
    assert not matches_any([place.format("*a" * 30)], place.format("a" * 5000 + "b"))
