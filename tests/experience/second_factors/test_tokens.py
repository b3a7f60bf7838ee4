"""What an application learns of a sign-in, from the first step to the ID token: by which methods, how strong it was."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from applications.models import Application
from identity.models import User
from tests.authenticator import Authenticator
from tests.experience.conftest import REDIRECT_URI, Browser
from tests.experience.second_factors.conftest import (
    ORIGIN,
    Settings,
    add_passkey,
    code_at,
    sign_in_with_password,
    verify,
    wants_two_steps,
)
from tests.experience.second_factors.test_passkeys import preflight

ONE, TWO = "urn:gatehouse:acr:1fa", "urn:gatehouse:acr:2fa"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

pytestmark = pytest.mark.usefixtures("noon")

Steps = Callable[["Scene"], None]


class Scene:
    """Alice with everything that she can prove herself by, in a browser."""

    def __init__(self, browser: Browser, alice: User, secret: str, codes: list[str], outbox: list[Any]) -> None:
        self.browser, self.alice, self.secret, self.codes, self.outbox = browser, alice, secret, codes, outbox
        self.authenticator = Authenticator(ORIGIN)
        add_passkey(alice, self.authenticator)

    def password(self) -> None:
        sign_in_with_password(self.browser, self.alice)

    def totp(self) -> None:
        verify(self.browser, "/totp/verify", {"code": code_at(self.secret)})

    def backup_code(self) -> None:
        verify(self.browser, "/backup-code/verify", {"code": self.codes[0]})

    def passkey(self) -> None:
        answer = self.browser.post("/verification/web-authn/authentication", {})[1]
        payload = self.authenticator.get(answer["authenticationOptions"])
        body = {"verificationId": answer["verificationId"], "payload": payload}
        verify(self.browser, "/web-authn/authentication/verify", body)

    def mfa_code(self, channel: str) -> None:
        body = {"identifierType": channel}
        body["verificationId"] = verify(self.browser, "/mfa-verification-code", body)
        verify(self.browser, "/mfa-verification-code/verify", {**body, "code": self.outbox[-1]["payload"]["code"]})

    def sign_in_passkey(self) -> None:
        options = preflight(self.browser)
        self.browser.start()
        body = {"payload": self.authenticator.get(options)}
        verification_id = verify(self.browser, "/sign-in-passkey/authentication/verify", body)
        assert self.browser.identify(verification_id) == (204, None)


def claims_of(browser: Browser, application: Application) -> dict[str, Any]:
    """Submit, follow the browser to the application, redeem the code, and return what the ID token says."""
    code = parse_qs(urlsplit(browser.finish(browser.submit())).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "client_id": application.id,
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    answer = browser.client.post("/oidc/token", form)
    assert answer.status_code == 200, answer.content
    claims = jwt.decode(answer.json()["id_token"], options={"verify_signature": False})
    return {name: claims[name] for name in ("amr", "acr")}


@pytest.fixture
def told(application: Application) -> Application:
    """The application is told how its users have signed in."""
    application.custom_client_metadata = {**application.custom_client_metadata, "authenticationClaims": True}
    application.save()
    return application


@pytest.mark.parametrize(
    ("steps", "amr", "acr"),
    [
        ([Scene.password], ["pwd"], ONE),
        ([Scene.password, Scene.totp], ["pwd", "otp", "mfa"], TWO),
        ([Scene.password, Scene.backup_code], ["pwd", "otp", "mfa"], TWO),
        ([Scene.password, Scene.passkey], ["pwd", "pop", "user", "mfa"], TWO),
        ([Scene.password, lambda scene: scene.mfa_code("email")], ["pwd", "otp", "mfa"], TWO),
        ([Scene.password, lambda scene: scene.mfa_code("phone")], ["pwd", "sms", "mfa"], TWO),
        ([Scene.sign_in_passkey], ["pop", "user", "mfa"], TWO),
    ],
    ids=["password", "totp", "backup code", "passkey", "email", "phone", "passkey alone"],
)
def test_each_way_to_sign_in(
    browser: Browser,
    told: Application,
    alice: User,
    totp_secret: str,
    backup_codes: list[str],
    every_factor: None,
    settings_of: Settings,
    outbox: list[Any],
    steps: list[Steps],
    amr: list[str],
    acr: str,
) -> None:
    settings_of(passkeySignIn={"enabled": True})
    if steps == [Scene.password]:
        alice.account_settings = {"mfa": {"enabled": True, "skipMfaOnSignIn": True}}
        alice.save()
    else:
        wants_two_steps(alice)
    scene = Scene(browser, alice, totp_secret, backup_codes, outbox)
    for step in steps:
        step(scene)
    assert claims_of(browser, told) == {"amr": amr, "acr": acr}
