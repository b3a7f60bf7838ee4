"""A tenant with second factors, people who have set some up, and the steps of a journey that tests take again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django_otp.oath import TOTP

from common.actors import SYSTEM
from identity.factors.backup_codes.codes import hash_codes, new_codes
from identity.factors.backup_codes.service import bind_backup_codes
from identity.factors.totp.codes import new_secret, read_secret
from identity.factors.totp.service import bind_totp
from identity.factors.webauthn.ceremony import RelyingParty, new_challenge, registration_options, verify_registration
from identity.factors.webauthn.service import bind_passkey
from identity.models import User
from oidc.models import AuthorizationRequest
from tests.authenticator import Authenticator
from tests.experience.conftest import PASSWORD, Answer, Browser

NOON = datetime(2030, 6, 3, 12, tzinfo=UTC)
ORIGIN = "http://localhost:8000"
EVERY_FACTOR = ["Totp", "WebAuthn", "BackupCode", "EmailVerificationCode", "PhoneVerificationCode"]

Settings = Callable[..., None]


def code_at(secret: str, moment: datetime = NOON) -> str:
    """Return what an authenticator app shows."""
    clock = TOTP(read_secret(secret))
    clock.time = moment.timestamp()
    return f"{clock.token():06d}"


def sign_in_with_password(browser: Browser, user: User, password: str = PASSWORD) -> None:
    """Give the first factor and enter the account."""
    browser.start()
    assert browser.identify(browser.give_password("username", str(user.username), password)) == (204, None)


def verify(browser: Browser, path: str, body: dict[str, Any] | None = None) -> str:
    """Take a step of verification that succeeds, and return the id of its record."""
    status, answer = browser.post(f"/verification{path}", {} if body is None else body)
    assert status == 200, answer
    return str(answer["verificationId"])


def stage(browser: Browser, factor: str, verification_id: str) -> Answer:
    return browser.post("/profile/mfa", {"type": factor, "verificationId": verification_id})


def submission() -> dict[str, Any]:
    """Return what the one journey told the provider about the sign-in."""
    return AuthorizationRequest.objects.get().submission


def proved(told: dict[str, Any]) -> list[str]:
    return [record["type"] for record in told["verificationRecords"] if not record.get("isBinding")]


@pytest.fixture
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as traveler:
        yield traveler


@pytest.fixture
def every_factor(settings_of: Settings, connectors: None) -> None:
    """Every factor is on, and users decide whether they want one."""
    settings_of(mfa={"factors": EVERY_FACTOR, "policy": "PromptAtSignInAndSignUp"})


@pytest.fixture
def totp_secret(alice: User) -> str:
    """Alice has an authenticator app, and wants to be asked for it."""
    secret = new_secret()
    bind_totp(alice, secret=secret, actor=SYSTEM)
    wants_two_steps(alice)
    return secret


def wants_two_steps(user: User) -> None:
    user.account_settings = {"mfa": {"enabled": True}}
    user.save()


@pytest.fixture
def backup_codes(alice: User) -> list[str]:
    codes = new_codes()
    bind_backup_codes(alice, hashes=hash_codes(alice.id, codes), actor=SYSTEM)
    return codes


@pytest.fixture
def authenticator(alice: User) -> Authenticator:
    """Alice has a passkey, and wants to be asked for it."""
    made = Authenticator(ORIGIN)
    add_passkey(alice, made)
    wants_two_steps(alice)
    return made


def add_passkey(user: User, made: Authenticator) -> None:
    party, challenge = RelyingParty("localhost", ORIGIN), new_challenge()
    options = registration_options(party, user_id=user.id, user_name=user.id, exclude=[], challenge=challenge)
    credential = verify_registration(made.create(options), party=party, challenge=challenge)
    bind_passkey(user, credential=credential, agent="", actor=SYSTEM)
