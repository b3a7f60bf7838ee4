"""axe walks through the hosted pages: narrow and wide, light and dark, from left to right and from right to left."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from applications.models import Application
from applications.services.applications import update_application
from common.actors import SYSTEM
from common.clock import now
from experience.services.captcha_provider import put_captcha_provider
from experience.services.profile_fields import create_profile_fields
from experience.services.settings import update_sign_in_experience
from identity.factors.totp.codes import new_secret, read_secret
from identity.factors.totp.service import bind_totp
from identity.models import User
from tenants.context import enter_tenant
from tests.browser.authenticator import VirtualAuthenticator
from tests.browser.axe import assert_accessible, why_missing
from tests.browser.conftest import PASSWORD
from tests.browser.test_device import start  # noqa: F401  # a fixture
from tests.oidc.device.devices import Device

pytestmark = pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "installed")


@pytest.fixture
def page(application: Application, new_page: Callable[..., Page], app_url: str) -> Page:
    """A window at a tenant that offers everything, in colors of its own."""
    with enter_tenant("default"):
        put_captcha_provider({"type": "ProofOfWork", "difficulty": "low"}, actor=SYSTEM)
        update_sign_in_experience(
            {
                "branding": {"logoUrl": f"{app_url}/logo.svg"},
                "color": {"primaryColor": "#0b8457", "isDarkModeEnabled": True, "darkPrimaryColor": "#5fd3a5"},
                "termsOfUseUrl": "https://example.com/terms",
                "privacyPolicyUrl": "https://example.com/privacy",
                "agreeToTermsPolicy": "ManualRegistrationOnly",
                "singleSignOnEnabled": True,
                "passkeySignIn": {"enabled": True, "showPasskeyButton": True, "allowAutofill": False},
                "captchaPolicy": {"enabled": True},
            },
            actor=SYSTEM,
        )
    # Each page is asked for in two languages: `assert_accessible`.
    page = new_page(locale=None, extra_http_headers={"Accept-Language": "en"})
    VirtualAuthenticator(page)
    return page


def send(page: Page, field: str = "", text: str = "") -> None:
    """Send the page's form, whatever the language."""
    if field:
        page.locator(f"[name={field}]").fill(text)
    page.locator("main form button.button").first.click()


def test_pages_that_anybody_opens(page: Page, authorize: Callable[..., str], home: str) -> None:
    page.goto(f"{home}/")
    assert_accessible(page, "/")
    page.goto(f"{home}/unknown-session")
    assert_accessible(page, "/unknown-session")
    page.goto(f"{home}/demo-app")
    assert_accessible(page, "/demo-app")
    page.goto(authorize())
    expect(page.locator("[data-captcha=ProofOfWork]")).to_have_count(1)
    assert_accessible(page, "/sign-in")
    send(page, "identifier", "dora@example.com")
    assert_accessible(page, "/sign-in/password")
    for path in (
        "/sign-in/verification-methods",
        "/sign-in/passkey",
        "/register",
        "/forgot-password",
        "/single-sign-on/email",
        "/account-suspended",
        "/sign-in-restricted",
        "/one-time-token/error",
    ):
        page.goto(home + path)
        assert_accessible(page, path)
    for screen, path in (
        ("identifier:sign_in", "/identifier-sign-in"),
        ("identifier:register", "/identifier-register"),
        ("reset_password", "/reset-password"),
    ):
        page.goto(authorize(first_screen=screen, identifier="email"))
        assert_accessible(page, path)
    page.goto(f"{home}/direct/social?fallback=register")
    page.wait_for_url("**/register?**")


def test_pages_of_a_new_user(
    page: Page, authorize: Callable[..., str], read_code: Callable[[str], str], home: str
) -> None:
    """Zoe signs up where everything is asked for."""
    sizes = {"options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]}
    dates = {"format": "dd/MM/yyyy"}
    parts = {"parts": [{"type": "Text", "name": "locality", "enabled": True, "required": False}]}
    with enter_tenant("default"):
        create_profile_fields(
            [
                ("birthdate", {"type": "Date", "label": "Birthday", "required": False, "config": dates}),
                ("size", {"type": "Select", "label": "T-shirt", "required": False, "config": sizes}),
                ("address", {"type": "Address", "label": "Home", "required": False, "config": parts}),
                ("age", {"type": "Number", "label": "Age", "required": True, "config": {"minValue": 18}}),
                ("news", {"type": "Checkbox", "label": "News", "required": False, "config": {"defaultValue": "true"}}),
            ],
            actor=SYSTEM,
        )
        update_sign_in_experience(
            {
                "signUp": {
                    "identifiers": ["email"],
                    "secondaryIdentifiers": [{"identifier": "username"}],
                    "password": True,
                    "verify": True,
                },
                "mfa": {"factors": ["Totp", "WebAuthn", "BackupCode"], "policy": "PromptAtSignInAndSignUp"},
            },
            actor=SYSTEM,
        )
    page.goto(authorize(first_screen="register"))
    page.locator("[name=agreed]").check()
    send(page, "identifier", "zoe@example.com")
    assert_accessible(page, "/register/verification-code")
    page.locator("[name=code]").fill(read_code("zoe@example.com"))
    page.wait_for_url("**/continue/username?**")
    assert_accessible(page, "/continue/username")
    send(page, "identifier", "zoe")
    page.wait_for_url("**/continue/password?**")
    page.goto(f"{home}/register/password")
    assert_accessible(page, "/register/password")
    send(page, "password", PASSWORD)
    assert_accessible(page, "/continue/extra-profile")
    send(page, "age", "17")
    page.locator("[aria-invalid=true]").wait_for()
    assert_accessible(page, "/continue/extra-profile", is_answer=True)
    send(page, "age", "18")
    assert_accessible(page, "/create-passkey")
    page.locator("[name=action][value=skip]").click()
    assert_accessible(page, "/mfa-onboarding")
    send(page)
    assert_accessible(page, "/mfa-binding")
    page.locator("a.way").last.click()
    assert_accessible(page, "/mfa-binding/Totp")
    shown = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("[name=code]").fill(f"{TOTP(read_secret(shown)).token():06d}")
    page.wait_for_url("**/mfa-binding/BackupCode?**")
    send(page)
    page.locator(".codes li").first.wait_for()
    assert_accessible(page, "/mfa-binding/BackupCode", is_answer=True)
    send(page)
    page.wait_for_url("**/home?**code=**")


def test_pages_of_who_comes_back(
    page: Page,
    authorize: Callable[..., str],
    application: Application,
    alice: User,
    start: Callable[..., Device],  # noqa: F811  # the fixture
    home: str,
) -> None:
    """Alice has a second factor and an old password; then she connects a device and signs out."""
    with enter_tenant("default"):
        # Only what keeps to the standard's letter has its users asked before they are signed out.
        update_application(application, custom_client_metadata={"protocolProfile": "openid"}, actor=SYSTEM)
        secret = new_secret()
        bind_totp(alice, secret=secret, actor=SYSTEM)
        User.objects.filter(id=alice.id).update(password_updated_at=now() - timedelta(days=86))
        update_sign_in_experience(
            {
                "mfa": {"factors": ["Totp", "EmailVerificationCode"], "policy": "Mandatory"},
                "passwordExpiration": {"enabled": True, "validPeriodDays": 90},
                "trustedDevice": {"enabled": True, "durationDays": 30},
                "signIn": {
                    "methods": [
                        {"identifier": kind, "password": True, "verificationCode": False, "isPasswordPrimary": True}
                        for kind in ("username", "email")
                    ]
                },
            },
            actor=SYSTEM,
        )
    page.goto(authorize())
    page.locator("[name=identifier]").fill("alice")
    send(page, "password", "wrong")
    page.get_by_role("alert").first.wait_for()
    assert_accessible(page, "/sign-in", is_answer=True)
    send(page, "password", PASSWORD)
    assert_accessible(page, "/mfa-verification/Totp")
    page.locator(".aside a").first.click()
    assert_accessible(page, "/mfa-verification")
    page.goto(f"{home}/mfa-verification/Totp")
    send(page, "code", f"{TOTP(read_secret(secret)).token():06d}")
    page.locator("[name=action][value=skip]").click()
    expect(page.locator("a.button")).to_be_visible()
    assert_accessible(page, "/create-passkey", is_answer=True)
    page.locator("a.button").click()
    page.wait_for_url("**/home?**code=**")

    page.goto(f"{home}/device")
    assert_accessible(page, "/device")
    tv = start(scope="openid profile")
    page.goto(tv.codes["verification_uri_complete"])
    assert_accessible(page, "/device")
    send(page)
    assert_accessible(page, "/device/success")

    page.goto(f"{home}/oidc/session/end")
    assert_accessible(page, "/oidc/session/end")
    page.locator("[name=logout][value=no]").click()
    assert_accessible(page, "/oidc/session/end/confirm", is_answer=True)
    page.goto(f"{home}/oidc/session/end")
    page.locator("[name=logout][value=yes]").click()
    assert_accessible(page, "/oidc/session/end/success")
