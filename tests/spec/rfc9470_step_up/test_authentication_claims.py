"""RFC 9470, RFC 9068 section 2.2.1 and OpenID Connect Core section 2: how and when the user signed in."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.clock import now, to_seconds
from identity.models import User
from tests.oidc.authorization.browsing import answer_of
from tests.spec.rfc9470_step_up.sign_ins import (
    API,
    BACKUP,
    BY_PASSWORD,
    EMAIL,
    LINK,
    MFA_EMAIL,
    MFA_PHONE,
    NEW_PASSWORD,
    ONE_FACTOR,
    PASSKEY,
    PASSWORD,
    PHONE,
    SIGN_IN_PASSKEY,
    SOCIAL,
    TOTP,
    TWO_FACTORS,
    Walker,
    bound,
    claims_of,
    record,
    submission,
)

pytestmark = pytest.mark.django_db

CLAIMS = {"auth_time", "acr", "amr"}


@pytest.mark.parametrize(
    ("how", "amr", "acr"),
    [
        # One factor, however often, and whatever else was claimed.
        (BY_PASSWORD, "pwd", ONE_FACTOR),
        (submission(EMAIL), "otp", ONE_FACTOR),
        (submission(PHONE), "sms", ONE_FACTOR),
        (submission(LINK), "otp", ONE_FACTOR),
        (submission(PHONE, EMAIL), "sms otp", ONE_FACTOR),
        (submission(PASSWORD, EMAIL), "pwd otp", ONE_FACTOR),
        (submission(PASSWORD, record("Totp", verified=False)), "pwd", ONE_FACTOR),
        (submission(EMAIL, MFA_EMAIL), "otp", ONE_FACTOR),
        (submission(LINK, MFA_EMAIL), "otp", ONE_FACTOR),
        (submission(PHONE, MFA_PHONE), "sms", ONE_FACTOR),
        (submission(TOTP), "otp", ONE_FACTOR),
        # Two.
        (submission(PASSWORD, TOTP), "pwd otp mfa", TWO_FACTORS),
        (submission(PASSWORD, PASSKEY), "pwd pop user mfa", TWO_FACTORS),
        (submission(PASSWORD, BACKUP), "pwd otp mfa", TWO_FACTORS),
        (submission(PASSWORD, MFA_EMAIL), "pwd otp mfa", TWO_FACTORS),
        (submission(PASSWORD, MFA_PHONE), "pwd sms mfa", TWO_FACTORS),
        (submission(EMAIL, TOTP), "otp mfa", TWO_FACTORS),
        (submission(EMAIL, MFA_PHONE), "otp sms mfa", TWO_FACTORS),
        (submission(LINK, PASSKEY), "otp pop user mfa", TWO_FACTORS),
        (submission(PHONE, MFA_EMAIL), "sms otp mfa", TWO_FACTORS),
        (submission(SOCIAL, TOTP), "otp mfa", TWO_FACTORS),
        (submission(SIGN_IN_PASSKEY), "pop user mfa", TWO_FACTORS),
        # Set up in this very sign-in.
        (submission(PASSWORD, bound("Totp")), "pwd otp mfa", TWO_FACTORS),
        (submission(PASSWORD, bound("WebAuthn")), "pwd pop user mfa", TWO_FACTORS),
        (submission(PASSWORD, bound("MfaEmailVerificationCode")), "pwd otp mfa", TWO_FACTORS),
        (submission(NEW_PASSWORD, bound("Totp")), "pwd otp mfa", TWO_FACTORS),
        (submission(NEW_PASSWORD), "pwd", ONE_FACTOR),
        (submission(PASSWORD, bound("EmailVerificationCode")), "pwd", ONE_FACTOR),
        (submission(PASSWORD, bound("BackupCode")), "pwd", ONE_FACTOR),
        (submission(PASSWORD, bound("Totp")) | {"secondFactorWaived": True}, "pwd", ONE_FACTOR),
        (submission(PASSWORD, bound("WebAuthn")) | {"trustedDevice": True}, "pwd", ONE_FACTOR),
        # What stands in for a proof is none.
        (BY_PASSWORD | {"trustedDevice": True}, "pwd", ONE_FACTOR),
        (submission(PASSWORD, TOTP) | {"trustedDevice": True}, "pwd otp mfa", TWO_FACTORS),
    ],
    ids=str,
)
def test_core_2_amr_lists_the_methods_and_acr_their_strength(
    walker: Walker, alice: User, how: dict[str, Any], amr: str, acr: str
) -> None:
    claims = claims_of(walker.sign_in(alice, how)["id_token"])
    assert (claims["amr"], claims["acr"]) == (amr.split(), acr)


def test_core_2_a_method_without_a_name_is_left_out(walker: Walker, alice: User) -> None:
    assert "amr" not in claims_of(walker.sign_in(alice, submission(record("Social")))["id_token"])


def test_core_2_auth_time_is_the_sign_in_however_late_the_token(walker: Walker, alice: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        moment = to_seconds(now())
        tokens = walker.sign_in(alice)
        clock.shift(timedelta(hours=1))
        later = walker.redeem(answer_of(walker.authorize(prompt="none", scope="openid"))["code"])
        refreshed = walker.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        for body in (tokens, later, refreshed):
            claims = claims_of(body["id_token"])
            assert (claims["auth_time"], claims["acr"], claims["amr"]) == (moment, ONE_FACTOR, ["pwd"])


def test_9470_6_1_a_jwt_access_token_has_them(walker: Walker, alice: User, documents: Any) -> None:
    tokens = walker.sign_in(alice, resource=API, scope="openid offline_access read")
    body = walker.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"], resource=API)
    claims = claims_of(body["access_token"])
    assert (claims["acr"], claims["amr"]) == (ONE_FACTOR, ["pwd"])
    assert claims["auth_time"] == claims_of(tokens["id_token"])["auth_time"]


def test_9470_6_2_introspection_has_them(walker: Walker, alice: User) -> None:
    tokens = walker.sign_in(alice)
    body = walker.post("token/introspection", token=tokens["access_token"])
    assert (body["acr"], body["amr"]) == (ONE_FACTOR, ["pwd"])
    assert body["auth_time"] == claims_of(tokens["id_token"])["auth_time"]


def test_9470_5_max_age_steps_up(walker: Walker, alice: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        walker.sign_in(alice)
        clock.shift(timedelta(minutes=10))
        assert claims_of(walker.sign_in(alice, max_age="300")["id_token"])["auth_time"] == to_seconds(now())


def challenge_of(claims: dict[str, Any], *, max_age: int) -> str | None:
    """What an API answers to a good token (section 3): `None` if the sign-in is recent enough."""
    if to_seconds(now()) - claims["auth_time"] <= max_age:
        return None
    return f'Bearer error="insufficient_user_authentication", max_age="{max_age}"'


def test_9470_2_the_challenge_the_request_and_the_token_that_meets_it(
    walker: Walker, alice: User, documents: Any
) -> None:
    """Section 2, figure 1: called, challenged, authorized again as the challenge says, called again."""
    wanted: dict[str, Any] = {"resource": API, "scope": "openid offline_access read"}

    def api_token(refresh_token: str) -> tuple[dict[str, Any], str]:
        body = walker.post("token", grant_type="refresh_token", refresh_token=refresh_token, resource=API)
        return claims_of(body["access_token"]), body["refresh_token"]

    with time_machine.travel(now(), tick=False) as clock:
        claims, old = api_token(walker.sign_in(alice, **wanted)["refresh_token"])
        assert challenge_of(claims, max_age=300) is None
        clock.shift(timedelta(minutes=10))
        claims, old = api_token(old)
        challenge = challenge_of(claims, max_age=300)
        assert challenge is not None, "a refresh is no sign-in"
        max_age = challenge.partition('max_age="')[2].rstrip('"')
        silent = answer_of(walker.authorize(prompt="none", max_age=max_age, **wanted))
        assert silent["error"] == "login_required"
        claims, _ = api_token(walker.sign_in(alice, max_age=max_age, **wanted)["refresh_token"])
        assert challenge_of(claims, max_age=300) is None
        assert challenge_of(api_token(old)[0], max_age=300), "tokens of before do not become fresh"
        assert "code" in answer_of(walker.authorize(prompt="none", max_age=max_age, resource=API, scope="openid read"))


def test_9470_7_the_metadata_lists_the_values_of_acr(walker: Walker) -> None:
    document = Client(HTTP_HOST="localhost:8000").get("/.well-known/oauth-authorization-server/oidc").json()
    assert document["acr_values_supported"] == [ONE_FACTOR, TWO_FACTORS]


def test_core_5_5_1_1_acr_values_are_voluntary(walker: Walker, alice: User) -> None:
    tokens = walker.sign_in(alice, acr_values="urn:other:strong urn:another")
    assert claims_of(tokens["id_token"])["acr"] == ONE_FACTOR


class TestByDefault:
    """An application without the setting is told what it asks for, as ever."""

    def test_nothing(self, untold: Walker, alice: User) -> None:
        tokens = untold.sign_in(alice)
        assert CLAIMS.isdisjoint(claims_of(tokens["id_token"]))
        assert CLAIMS.isdisjoint(untold.post("token/introspection", token=tokens["access_token"]))

    def test_auth_time_with_max_age(self, untold: Walker, alice: User) -> None:
        assert CLAIMS & claims_of(untold.sign_in(alice, max_age="300")["id_token"]).keys() == {"auth_time"}

    def test_acr_with_acr_values(self, untold: Walker, alice: User) -> None:
        """OpenID Connect Core section 3.1.2.1: what was satisfied is returned as `acr`; after a refresh, too."""
        tokens = untold.sign_in(alice, acr_values=f"urn:other {ONE_FACTOR}")
        refreshed = untold.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        for body in (tokens, refreshed):
            claims = claims_of(body["id_token"])
            assert (CLAIMS & claims.keys(), claims["acr"]) == ({"acr"}, ONE_FACTOR)
        assert CLAIMS.isdisjoint(untold.post("token/introspection", token=tokens["access_token"]))
