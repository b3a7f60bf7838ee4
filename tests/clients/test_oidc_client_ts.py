"""oidc-client-ts in Chromium: a single-page application at its defaults signs in, renews, revokes and signs out.

Its `revokeTokens` failed while the revocation endpoint answered with a content type and no content.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chromium import CHROMIUM
from tests.clients.conftest import RS256, TENANTS_DEFAULT, RelyingParty, why_missing
from tests.people import PASSWORD

MISSING = why_missing("oidc_client_ts.mjs", "oidc-client-ts", "express")

pytestmark = [
    pytest.mark.sdk,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: run .ci/tools as root"),
]


@pytest.mark.parametrize("algorithm", [RS256, TENANTS_DEFAULT], ids=["RS256", "default"])
def test_it_signs_in_renews_revokes_and_signs_out(
    run: Callable[..., RelyingParty],
    new_page: Callable[..., Any],
    home: str,
    algorithm: str,
) -> None:
    party = run("oidc_client_ts.mjs", kind="SPA", algorithm=algorithm)
    page = new_page()
    page.goto(party.origin)
    page.evaluate("void manager.signinRedirect()")
    page.get_by_label("Email").fill("alice@example.com")
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{party.origin}/callback?**")

    user = page.evaluate("manager.signinCallback()")
    assert user["profile"]["email"] == "alice@example.com"
    renewed = page.evaluate("manager.signinSilent()")
    assert renewed["access_token"] not in ("", user["access_token"])
    assert renewed["refresh_token"] != user["refresh_token"]
    assert page.evaluate("manager.getUser()")["access_token"] == renewed["access_token"]

    page.evaluate("manager.revokeTokens(['access_token'])")
    page.evaluate("void manager.signoutRedirect()")
    page.wait_for_url(f"{party.origin}/bye")
    assert page.evaluate("manager.getUser()") is None
    page.evaluate("void manager.signinRedirect()")
    page.wait_for_url(f"{home}/sign-in?**")
