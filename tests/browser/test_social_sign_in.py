"""Signing in with an account elsewhere, in Chromium, at an OpenID provider that is not ours."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from connectors.models import Connector
from connectors.services.connectors import create_connector
from experience.services.settings import update_sign_in_experience
from identity.models import User
from identity.selectors import find_user_by_social_identity
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.browser.providers import sign_in_there
from tests.browser.test_journeys import press, sign_out, wait_for_home
from tests.counterparts.openid_provider import OpenIdProvider, run_openid_provider  # noqa: F401

pytestmark = pytest.mark.slow

CONNECTOR_ID = "orchard-id"
TARGETS = ["orchard", "google", "github", "apple", "azuread", "facebook", "x", "linkedin", "discord"]


@pytest.fixture
def provider(run_openid_provider: Callable[..., OpenIdProvider], home: str) -> OpenIdProvider:  # noqa: F811
    return run_openid_provider(redirect_uris=[f"{home}/callback/{CONNECTOR_ID}"])


@pytest.fixture
def connector(provider: OpenIdProvider, application: Application) -> Connector:
    """Orchard ID on the first page, without a second question for who comes from there."""
    with enter_tenant("default"):
        made = create_connector(
            factory_id="oidc",
            connector_id=CONNECTOR_ID,
            config=provider.oidc_config,
            metadata={"target": "orchard", "name": {"en": "Orchard ID", "de": "Obstgarten-ID"}},
            actor=SYSTEM,
        )
        update_sign_in_experience(
            {"socialSignInConnectorTargets": ["orchard"], "socialSignIn": {"skipRequiredIdentifiers": True}},
            actor=SYSTEM,
        )
    return made


def owner(login: str = "dana") -> User | None:
    with enter_tenant("default"):
        return find_user_by_social_identity("orchard", login)


def test_dana_connects_signs_out_and_in_again(
    traveler: Callable[..., Any],
    authorize: Callable[..., str],
    connector: Connector,
    sign_out_address: str,
    app_url: str,
) -> None:
    page = traveler()
    page.goto(authorize())
    press(page, "Continue with Orchard ID")
    sign_in_there(page)
    wait_for_home(page)
    made = owner()
    assert made is not None
    assert (made.name, made.primary_email) == ("Dana Delgado", "dana@idp.example")

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize(ui_locales="de"))
    # The provider knows her still, and asks nothing.
    press(page, "Weiter mit Obstgarten-ID")
    wait_for_home(page)
    with enter_tenant("default"):
        assert User.objects.count() == 1


def test_the_keyboard_is_enough_without_scripts(
    traveler: Callable[..., Any], authorize: Callable[..., str], connector: Connector
) -> None:
    page = traveler(java_script_enabled=False)
    page.goto(authorize())
    button = page.get_by_role("button", name="Continue with Orchard ID")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.locator(":focus").text_content() == button.text_content():
            break
    page.keyboard.press("Enter")
    page.locator("input[name=login]").wait_for()
    for typed in ("dana", "any"):
        page.keyboard.press("Tab") if page.locator("input:focus").count() == 0 else None
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").focus()
    page.keyboard.press("Enter")
    wait_for_home(page)
    assert owner() is not None


def test_the_account_of_the_same_address_is_linked(
    traveler: Callable[..., Any], authorize: Callable[..., str], connector: Connector
) -> None:
    with enter_tenant("default"):
        user = create_user(username="dana", primary_email="dana@idp.example", actor=SYSTEM)
    page = traveler()
    page.goto(authorize())
    press(page, "Continue with Orchard ID")
    sign_in_there(page)
    expect(page.get_by_role("heading", name="You already have an account")).to_be_visible()
    press(page, "Link and continue")
    wait_for_home(page)
    assert owner() == user


def test_the_terms_are_agreed_to_before_there_is_an_account(
    traveler: Callable[..., Any], authorize: Callable[..., str], connector: Connector
) -> None:
    """The first page did not ask: whoever comes from there may have an account."""
    terms = {"termsOfUseUrl": "https://example.com/terms", "agreeToTermsPolicy": "ManualRegistrationOnly"}
    with enter_tenant("default"):
        update_sign_in_experience(terms, actor=SYSTEM)
    page = traveler()
    page.goto(authorize())
    press(page, "Continue with Orchard ID")
    sign_in_there(page)
    page.wait_for_url(f"**/social/register/{CONNECTOR_ID}?**")
    assert owner() is None
    page.get_by_role("checkbox").check()
    press(page, "Create account")
    wait_for_home(page)
    assert owner() is not None


def test_who_turns_back_signs_in_another_way(
    traveler: Callable[..., Any], authorize: Callable[..., str], connector: Connector, alice: User
) -> None:
    page = traveler()
    page.goto(authorize())
    press(page, "Continue with Orchard ID")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("status")).to_contain_text("The sign-in was canceled.")
    page.get_by_label("Email address or username").fill("alice")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill("walnut tractor 51")
    press(page, "Sign in")
    wait_for_home(page)
    assert owner() is None


def test_going_back_from_the_provider_leaves_a_page_that_works(
    traveler: Callable[..., Any], authorize: Callable[..., str], connector: Connector
) -> None:
    page = traveler()
    page.goto(authorize())
    press(page, "Continue with Orchard ID")
    page.locator("input[name=login]").wait_for()
    page.go_back()
    press(page, "Continue with Orchard ID")
    sign_in_there(page)
    wait_for_home(page)


def test_the_application_leads_there_at_once(
    traveler: Callable[..., Any], authorize: Callable[..., str], connector: Connector
) -> None:
    page = traveler()
    page.goto(authorize(direct_sign_in="social:orchard"))
    sign_in_there(page)
    wait_for_home(page)


_ONE_TAP = """
const told = document.getElementById("g_id_onload").dataset, form = document.createElement("form");
document.cookie = "g_csrf_token=t; path=/";
Object.assign(form, {method: "post", action: told.login_uri});
for (const [name, value] of Object.entries({credential: "a.b.c", g_csrf_token: "t", request: told.request})) {
  form.append(Object.assign(document.createElement("input"), {name, value}));
}
document.body.append(form);
form.submit();
"""


def test_one_taps_script_may_post_its_credential(
    new_page: Callable[..., Any], authorize: Callable[..., str], application: Application
) -> None:
    """The page's policy admits Google's script and its form; this credential is worth nothing, which is said."""
    with enter_tenant("default"):
        config = {"clientId": "c", "clientSecret": "s", "oneTap": {"isEnabled": True}}
        create_connector(factory_id="google-universal", config=config, actor=SYSTEM)
        update_sign_in_experience({"socialSignInConnectorTargets": ["google"]}, actor=SYSTEM)
    page, served = new_page(), []

    def serve(route: Any) -> None:
        served.append(route.request.url)
        route.fulfill(status=200, content_type="text/javascript", body=_ONE_TAP if len(served) == 1 else "")

    page.context.route("https://accounts.google.com/gsi/client", serve)
    page.goto(authorize())
    expect(page.get_by_role("status")).to_contain_text("That sign-in did not work.")
    assert len(served) == 2


# --- How it looks ----------------------------------------------------------------------------------------------------


@pytest.fixture
def offered(application: Application) -> Callable[[int], None]:
    """Put so many connectors on the first page."""

    def offer(count: int) -> None:
        client = {"clientId": "c", "clientSecret": "s"}
        for target in TARGETS[1:count]:
            config = {"apple": {"clientId": "c"}, "azuread": client | {"tenantId": "common"}}.get(target, client)
            create_connector(factory_id=f"{target}-universal", config=config, actor=SYSTEM)
        update_sign_in_experience({"socialSignInConnectorTargets": TARGETS[:count]}, actor=SYSTEM)

    return offer


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("count", [1, 3, 9])
def test_the_page_stays_light_and_fits(
    traveler: Callable[..., Any],
    authorize: Callable[..., str],
    connector: Connector,
    offered: Callable[[int], None],
    count: int,
    width: int,
) -> None:
    with enter_tenant("default"):
        offered(count)
    page = traveler(viewport={"width": width, "height": 800})
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.status < 300 else None)
    page.goto(authorize(), wait_until="networkidle")
    assert len(sizes) <= 4
    assert sum(sizes) <= 30_000
    if count > 3:
        page.get_by_text("More options").click()
        expect(page.get_by_role("button", name="Continue with Discord")).to_be_visible()
    assert page.get_by_role("button", name="Continue with").count() == count
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_function("[...document.querySelectorAll('.provider img')].every(image => image.naturalWidth > 0)")
