"""Every hosted page is reached by a browser test: a new page needs one, and a test that is taken away leaves a gap."""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from experience.pages.urls import urlpatterns as hosted_pages
from oidc.urls_authorization import urlpatterns as provider_pages

_HERE = Path(__file__).parent
# Addresses that draw nothing: they lead on, or answer a form of another page.
_PASSED_THROUGH = {"auth", "auth/<slug:uid>", "device", "device/<slug:uid>"}


class Reached(NamedTuple):
    """The test that reaches a page, and how it names it: by address, heading, or what only that page has."""

    test: str
    mark: str


_ANYBODY = "test_accessibility.py::test_pages_that_anybody_opens"
_NEW_USER = "test_accessibility.py::test_pages_of_a_new_user"
_COMES_BACK = "test_accessibility.py::test_pages_of_who_comes_back"

# By the name of the page in the URLconf.
HOSTED = {
    "root": Reached(_ANYBODY, "{home}/"),
    "sign-in": Reached("test_journeys.py::test_alice_signs_in_by_code", "Email address or username"),
    "sign-in-password": Reached(_ANYBODY, "/sign-in/password"),
    "sign-in-passkey": Reached(_ANYBODY, "/sign-in/passkey"),
    "verification-methods": Reached(_ANYBODY, "/sign-in/verification-methods"),
    "identifier-sign-in": Reached(_ANYBODY, "/identifier-sign-in"),
    "register": Reached(_ANYBODY, "/register"),
    "register-password": Reached(_NEW_USER, "/register/password"),
    "identifier-register": Reached(_ANYBODY, "/identifier-register"),
    "forgot-password": Reached(_ANYBODY, "/forgot-password"),
    "forgot-password-reset": Reached(
        "test_journeys.py::test_zoe_signs_up_out_and_in_and_forgets_her_password", "Save password"
    ),
    "reset-password": Reached(_ANYBODY, "/reset-password"),
    "verification-code": Reached(_NEW_USER, "/register/verification-code"),
    "continue-extra-profile": Reached("test_extra_profile.py::test_zoe_fills_in_her_profile", "Complete your profile"),
    "continue": Reached(_NEW_USER, "/continue/username"),
    "mfa-verification": Reached(
        "test_second_factors.py::test_another_factor_is_chosen_by_keyboard", "Confirm it is you"
    ),
    "mfa-verification-factor": Reached(_COMES_BACK, "/mfa-verification/Totp"),
    "mfa-onboarding": Reached(_NEW_USER, "/mfa-onboarding"),
    "mfa-binding": Reached(_NEW_USER, "/mfa-binding"),
    "mfa-binding-backup-codes": Reached(_NEW_USER, "/mfa-binding/BackupCode"),
    "mfa-binding-factor": Reached(_NEW_USER, "/mfa-binding/Totp"),
    "create-passkey": Reached("test_passkeys.py::test_alice_declines_a_passkey_for_good", "Create a passkey"),
    "callback": Reached("test_social_sign_in.py::test_dana_connects_signs_out_and_in_again", "/callback/"),
    "social-link": Reached(
        "test_social_sign_in.py::test_the_account_of_the_same_address_is_linked", "You already have an account"
    ),
    "social-register": Reached(
        "test_social_sign_in.py::test_the_terms_are_agreed_to_before_there_is_an_account", "/social/register/"
    ),
    "single-sign-on": Reached("test_sso.py::test_an_account_that_has_the_address_is_entered", "single_sign_on"),
    "single-sign-on-email": Reached(_ANYBODY, "/single-sign-on/email"),
    "single-sign-on-connectors": Reached(
        "test_sso.py::test_the_keyboard_is_enough_without_scripts", "Choose your organization"
    ),
    "direct": Reached(_ANYBODY, "/direct/social"),
    "direct-target": Reached("test_social_sign_in.py::test_the_application_leads_there_at_once", "direct_sign_in"),
    "one-time-token": Reached("test_magic_links.py::test_alice_follows_a_link", "one_time_token"),
    "one-time-token-error": Reached(_ANYBODY, "/one-time-token/error"),
    "switch-account": Reached("test_magic_links.py::test_somebody_else_is_signed_in", "Switch accounts?"),
    "consent": Reached("test_consent.py::test_axe_finds_no_fault", "/consent"),
    "device": Reached(_COMES_BACK, "/device"),
    "device-success": Reached(_COMES_BACK, "/device/success"),
    "demo-app": Reached("test_demo.py::test_sign_in_is_tried_from_beginning_to_end", "/demo-app"),
    "device-demo-app": Reached("test_demo.py::test_a_device_is_connected_with_another", "/device-demo-app"),
    "device-code-image": Reached("test_demo.py::test_a_device_is_connected_with_another", "#code-image"),
    "unknown-session": Reached(
        "test_survival.py::test_a_page_that_is_opened_on_another_device", "This session has ended"
    ),
    "account-suspended": Reached(_ANYBODY, "/account-suspended"),
    "sign-in-restricted": Reached("test_policies.py::test_restricted_sign_in", "You cannot sign in"),
}
# By the address below `/oidc/`.
PROVIDERS = {
    "session/end": Reached(_COMES_BACK, "/oidc/session/end"),
    "session/end/confirm": Reached(_COMES_BACK, "/oidc/session/end/confirm"),
    "session/end/success": Reached(_COMES_BACK, "/oidc/session/end/success"),
}


@cache
def _functions(file: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((_HERE / file).read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _sources(file: str, name: str, seen: set[str]) -> str:
    """The source of a function, and of the helpers and fixtures that it names, of its file and of `conftest.py`."""
    found = next((_functions(each)[name] for each in (file, "conftest.py") if name in _functions(each)), None)
    if found is None or name in seen:
        return ""
    seen.add(name)
    named = {node.id for node in ast.walk(found) if isinstance(node, ast.Name)}
    named |= {node.arg for node in ast.walk(found) if isinstance(node, ast.arg)}
    return "".join([ast.unparse(found), *(_sources(file, each, seen) for each in sorted(named))])


@pytest.mark.parametrize(
    ("listed", "pages"),
    [
        (HOSTED, {str(each.name) for each in hosted_pages if each.name}),
        (PROVIDERS, {str(each.pattern) for each in provider_pages} - _PASSED_THROUGH),
    ],
    ids=["hosted", "provider"],
)
def test_every_page_has_an_entry(listed: dict[str, Reached], pages: set[str]) -> None:
    assert listed.keys() == pages


@pytest.mark.parametrize("page", [*HOSTED, *PROVIDERS])
def test_the_test_reaches_the_page(page: str) -> None:
    reached = (HOSTED | PROVIDERS)[page]
    file, _, name = reached.test.partition("::")
    assert name in _functions(file), f"{reached.test} is gone: let another browser test reach the page"
    assert reached.mark in _sources(file, name, set()), f"{reached.test} does not name {reached.mark}"
