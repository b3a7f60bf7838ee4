"""Published client libraries sign alice in, renew what they hold, and sign her out, each set up as its manual says.

next-auth, mozilla-django-oidc, social-auth-core and express-openid-connect expect RS256 and refused every ID token
while a tenant signed with ES256 alone. What each needs is in docs/clients.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.clients.conftest import PASSWORD, RS256, TENANTS_DEFAULT, RelyingParty, why_missing
from tests.clients.visitor import Visitor

pytestmark = [pytest.mark.sdk, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Library:
    script: str
    modules: tuple[str, ...]
    callback: str = "/callback"
    refreshes: bool = True


LIBRARIES = [
    Library("mozilla_django.py", ("mozilla_django_oidc",), "/oidc/callback/"),
    Library("social_auth.py", ("social_core", "social_django"), "/social/complete/oidc/"),
    Library("authlib_django.py", ("authlib",)),
    Library("next_auth.mjs", ("next-auth", "express"), "/api/auth/callback/gatehouse", refreshes=False),
    Library("express_openid_connect.mjs", ("express-openid-connect",)),
    Library("passport_openidconnect.mjs", ("passport-openidconnect",), refreshes=False),
    Library("openid_client.mjs", ("openid-client",)),
]


@pytest.fixture(params=LIBRARIES, ids=lambda library: library.script.partition(".")[0])
def library(request: pytest.FixtureRequest) -> Library:
    library: Library = request.param
    if reason := why_missing(library.script, *library.modules):
        pytest.skip(reason)
    return library


@pytest.fixture(params=[RS256, TENANTS_DEFAULT], ids=["RS256", "ES256"])
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def party(library: Library, algorithm: str, run: Callable[..., RelyingParty]) -> RelyingParty:
    return run(library.script, callback=library.callback, algorithm=algorithm)


def sign_in(visitor: Visitor, party: RelyingParty) -> None:
    visitor.go(f"{party.origin}/login")
    if str(visitor.page.url).startswith(party.origin):
        visitor.press()  # the library's own page, which has one button
    visitor.press(identifier="alice@example.com").press(password=PASSWORD)


def test_it_signs_in_renews_and_signs_out(library: Library, party: RelyingParty, visitor: Visitor, home: str) -> None:
    assert visitor.go(party.origin).json == {}
    sign_in(visitor, party)
    assert visitor.json["email"] == "alice@example.com"
    assert visitor.go(party.origin).json["email"] == "alice@example.com"

    if library.refreshes:
        renewed = visitor.go(f"{party.origin}/refresh").json
        assert renewed["after"]
        assert renewed["after"] != renewed["before"]

    visitor.go(f"{party.origin}/logout")
    assert str(visitor.page.url).startswith(f"{home}/oidc/session/end")
    visitor.press()
    assert str(visitor.page.url) == f"{party.origin}/bye"
    assert visitor.json == {"signedIn": False}
    visitor.go(f"{party.origin}/login")
    if str(visitor.page.url).startswith(party.origin):
        visitor.press()
    assert str(visitor.page.url).startswith(f"{home}/sign-in"), "the provider's session has ended too"
