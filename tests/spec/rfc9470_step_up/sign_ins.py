"""Sign-ins of every strength, and an application that asks for them and reads what its tokens say."""

from typing import Any

import jwt
from django.test import Client

from applications.models import Application, ApplicationSecret
from common.crypto import sha256_hex
from identity.models import User
from tests.oidc.authorization.browsing import VERIFIER, WEB_REDIRECT, Browser, answer_of
from tests.oidc.tokens.parties import basic

ONE_FACTOR = "urn:gatehouse:acr:1fa"
TWO_FACTORS = "urn:gatehouse:acr:2fa"
API = "https://api.example.com"
SECRET = "a-secret-of-the-web-application-1"


def record(type: str, *, verified: bool = True) -> dict[str, Any]:
    return {"id": "x", "type": type, "verified": verified}


def submission(*records: dict[str, Any]) -> dict[str, Any]:
    return {"interactionEvent": "SignIn", "verificationRecords": list(records)}


BY_PASSWORD = submission(record("Password"))


class Walker:
    """A browser and the application it signs in to."""

    def __init__(self, browser: Browser, application: Application) -> None:
        self.browser, self.application = browser, application
        ApplicationSecret.objects.create(
            application=application, name="Known", sealed_value=b"sealed", value_sha256=sha256_hex(SECRET)
        )

    def authorize(self, **changes: Any) -> Any:
        return self.browser.authorize(self.application.id, redirect_uri=WEB_REDIRECT, **changes)

    def sign_in(self, user: User, how: dict[str, Any] = BY_PASSWORD, **changes: Any) -> dict[str, Any]:
        assert self.authorize(**changes)["Location"].startswith("/sign-in")
        return self.redeem(answer_of(self.browser.sign_in(user, submission=how))["code"])

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        headers = {"Authorization": basic(self.application.id, SECRET)}
        answer = Client(HTTP_HOST="localhost:8000").post(f"/oidc/{path}", body, headers=headers)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def redeem(self, code: str) -> dict[str, Any]:
        proof = {"redirect_uri": WEB_REDIRECT, "code_verifier": VERIFIER}
        return self.post("token", grant_type="authorization_code", code=code, **proof)


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


PASSWORD = record("Password")
NEW_PASSWORD = record("NewPasswordIdentity")
EMAIL = record("EmailVerificationCode")
PHONE = record("PhoneVerificationCode")
LINK = record("OneTimeToken")
TOTP = record("Totp")
PASSKEY = record("WebAuthn")
BACKUP = record("BackupCode")
MFA_EMAIL = record("MfaEmailVerificationCode")
MFA_PHONE = record("MfaPhoneVerificationCode")
SIGN_IN_PASSKEY = record("SignInPasskey")
SOCIAL = record("Social")


def bound(type: str) -> dict[str, Any]:
    """A factor that was set up on the way."""
    return record(type) | {"isBinding": True}
