"""Passkeys in Chromium, with a virtual authenticator: created at sign-up, used by button and by autofill, removed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from experience.services.settings import update_sign_in_experience
from identity.models import Factor, User
from identity.services.factors import remove_factor
from tenants.context import enter_tenant
from tests.browser.authenticator import VirtualAuthenticator
from tests.browser.conftest import PASSWORD
from tests.browser.test_journeys import enter_code, press, sign_out, wait_for_home

Open = Callable[..., Any]


@pytest.fixture
def passkeys(application: Application) -> Callable[..., None]:
    """Switch the ways on in which passkeys are offered."""

    def change(*, button: bool = True, autofill: bool = False, **more: Any) -> None:
        offered = {"enabled": True, "showPasskeyButton": button, "allowAutofill": autofill}
        with enter_tenant("default"):
            update_sign_in_experience({"passkeySignIn": offered, **more}, actor=SYSTEM)

    return change


def give_password(page: Any, identifier: str = "alice") -> None:
    page.get_by_label("Email address or username").fill(identifier)
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def test_zoe_creates_a_passkey_when_she_signs_up_and_signs_in_with_it(
    new_page: Open,
    authorize: Callable[..., str],
    read_code: Callable[[str], str],
    passkeys: Callable[..., None],
    sign_out_address: str,
    app_url: str,
) -> None:
    passkeys()
    page = new_page()
    authenticator = VirtualAuthenticator(page)
    page.goto(authorize(first_screen="register"))
    page.get_by_label("Email address").fill("zoe@example.com")
    press(page, "Continue")
    enter_code(page, read_code, "zoe@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    press(page, "Create a passkey")
    wait_for_home(page)
    assert len(authenticator.credentials) == 1

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    press(page, "Sign in with a passkey")
    wait_for_home(page)


def test_alice_declines_a_passkey_for_good(
    new_page: Open,
    authorize: Callable[..., str],
    passkeys: Callable[..., None],
    alice: User,
    sign_out_address: str,
    app_url: str,
) -> None:
    passkeys()
    page = new_page()
    page.goto(authorize())
    give_password(page)
    expect(page.get_by_role("heading", name="Create a passkey")).to_be_visible()
    press(page, "Not now")
    wait_for_home(page)
    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    give_password(page)
    wait_for_home(page)


def test_the_browser_fills_a_passkey_in(
    new_page: Open,
    authorize: Callable[..., str],
    passkeys: Callable[..., None],
    alice: User,
    sign_out_address: str,
    app_url: str,
) -> None:
    """Conditional UI: nothing is pressed; the authenticator stands for the choice in the browser's list."""
    passkeys(button=False, autofill=True)
    page = new_page()
    VirtualAuthenticator(page)
    page.goto(authorize())
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    expect(page.get_by_label("Email address or username")).to_have_attribute("autocomplete", "username webauthn")
    give_password(page)
    press(page, "Create a passkey")
    wait_for_home(page)
    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    wait_for_home(page)


# A page of the application's own, which has the browser make a passkey and calls the Experience API.
ADD_PASSKEY = """async (password) => {
  const call = async (method, path, body) => {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`/api/experience${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  await call("PUT", "", { interactionEvent: "SignIn" });
  const identifier = { type: "username", value: "alice" };
  await call("POST", "/identification", await call("POST", "/verification/password", { identifier, password }));
  const { verificationId, registrationOptions } = await call("POST", "/verification/web-authn/registration");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(registrationOptions);
  const made = (await navigator.credentials.create({ publicKey })).toJSON();
  const payload = { ...made, type: "WebAuthn" };
  await call("POST", "/verification/web-authn/registration/verify", { verificationId, payload });
  await call("POST", "/profile/mfa/passkey", { verificationId });
  return (await call("POST", "/submit")).redirectTo;
}"""


def test_a_second_passkey_signs_in_until_it_is_removed(
    new_page: Open,
    authorize: Callable[..., str],
    passkeys: Callable[..., None],
    alice: User,
    sign_out_address: str,
    app_url: str,
) -> None:
    """What was removed by a developer is refused; the authenticator that has it cannot know."""
    passkeys()
    page = new_page()
    first = VirtualAuthenticator(page)
    page.goto(authorize())
    give_password(page)
    press(page, "Create a passkey")
    wait_for_home(page)
    sign_out(page, sign_out_address, app_url)

    first.remove()
    second = VirtualAuthenticator(page)
    page.goto(authorize())
    page.goto(page.evaluate(ADD_PASSKEY, PASSWORD))
    wait_for_home(page)
    assert len(second.credentials) == 1
    with enter_tenant("default"):
        assert Factor.objects.count() == 2
        newest = Factor.objects.order_by("-created_at")[0]

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    press(page, "Sign in with a passkey")
    wait_for_home(page)
    with enter_tenant("default"):
        remove_factor(alice, factor_id=newest.id, actor=SYSTEM)
    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    press(page, "Sign in with a passkey")
    expect(page.get_by_role("alert").filter(visible=True)).to_have_text("There is no such account.")
    page.get_by_role("link", name="Sign in another way").click()
    expect(page.get_by_label("Email address or username")).to_be_visible()


def test_a_screen_lock_that_stays_closed_is_told_and_tried_again(
    new_page: Open, authorize: Callable[..., str], passkeys: Callable[..., None], alice: User
) -> None:
    passkeys()
    page = new_page()
    authenticator = VirtualAuthenticator(page)
    authenticator.verify_user(succeeds=False)
    page.goto(authorize())
    press(page, "Sign in with a passkey")
    alert = page.get_by_role("alert").filter(visible=True)
    expect(alert).to_have_text("The passkey was not used. Try again, or choose another way.")
    give_password(page)
    press(page, "Create a passkey")
    expect(alert).to_have_text("The passkey was not used. Try again, or choose another way.")
    authenticator.verify_user(succeeds=True)
    press(page, "Create a passkey")
    wait_for_home(page)


def test_the_keyboard_creates_a_passkey_and_signs_in_with_it(
    new_page: Open,
    authorize: Callable[..., str],
    passkeys: Callable[..., None],
    alice: User,
    sign_out_address: str,
    app_url: str,
) -> None:
    passkeys()
    page = new_page()
    VirtualAuthenticator(page)
    page.goto(authorize())
    give_password(page)
    create = page.get_by_role("button", name="Create a passkey")
    create.wait_for()
    page.keyboard.press("Tab")
    expect(create).to_be_focused()
    page.keyboard.press("Enter")
    wait_for_home(page)
    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    expect(page.locator("#id_identifier")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_focused()
    page.keyboard.press("Space")
    wait_for_home(page)


def test_a_passkey_is_the_second_factor_without_a_press(
    new_page: Open,
    authorize: Callable[..., str],
    application: Application,
    alice: User,
    sign_out_address: str,
    app_url: str,
) -> None:
    """The page asks the browser at once; the button is for those whose browser waits for a press."""
    with enter_tenant("default"):
        update_sign_in_experience({"mfa": {"factors": ["WebAuthn"], "policy": "Mandatory"}}, actor=SYSTEM)
    page = new_page()
    VirtualAuthenticator(page)
    page.goto(authorize())
    give_password(page)
    press(page, "Create a passkey")
    wait_for_home(page)
    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    give_password(page)
    wait_for_home(page)


def test_without_scripts_there_is_no_dead_button(
    new_page: Open, authorize: Callable[..., str], passkeys: Callable[..., None], alice: User
) -> None:
    passkeys(autofill=True)
    page = new_page(java_script_enabled=False)
    page.goto(authorize())
    expect(page.get_by_role("button")).to_have_count(1)
    give_password(page)
    expect(page.get_by_role("button", name="Create a passkey")).to_have_count(0)
    press(page, "Not now")
    wait_for_home(page)


def test_the_first_screen_with_passkeys_is_light(
    new_page: Open, authorize: Callable[..., str], passkeys: Callable[..., None], app_url: str
) -> None:
    passkeys(autofill=True, branding={"logoUrl": f"{app_url}/logo.svg"})
    page = new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.status < 300 else None)
    page.goto(authorize(), wait_until="networkidle")
    assert len(sizes) <= 4
    assert sum(sizes) <= 30_000
