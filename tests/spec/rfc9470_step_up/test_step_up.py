"""RFC 9470 section 5 and OpenID Connect Core section 5.5.1.1: a request demands a second factor of its user."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now, to_seconds
from identity.models import User
from identity.services.users import set_user_suspended
from oidc.authorization.assurance import demanded_assurance, find_session_to_strengthen, strengthened
from oidc.authorization.demands import Assurance
from oidc.authorization.pending import abort
from oidc.models import AuthorizationRequest, Session
from tests.oidc.authorization.browsing import answer_of
from tests.spec.rfc9470_step_up.sign_ins import (
    API,
    BY_PASSWORD,
    EMAIL,
    MFA_EMAIL,
    ONE_FACTOR,
    PASSWORD,
    TOTP,
    TWO_FACTORS,
    Walker,
    bound,
    claims_of,
    submission,
)

pytestmark = pytest.mark.django_db

UNMET = "unmet_authentication_requirements"
BY_TWO = submission(PASSWORD, TOTP)
BOTH = f"{TWO_FACTORS} {ONE_FACTOR}"


def claims(*values: str, essential: bool = True) -> str:
    return json.dumps({"id_token": {"acr": {"essential": essential, "values": list(values)}}})


ESSENTIAL: dict[str, Any] = {"claims": claims(TWO_FACTORS)}
VOLUNTARY: dict[str, Any] = {"acr_values": TWO_FACTORS}


def waiting(walker: Walker) -> AuthorizationRequest:
    pending = walker.browser.pending()
    assert pending is not None
    return pending


def is_sign_in(response: Any) -> bool:
    return bool(response["Location"].startswith("/sign-in"))


@pytest.mark.parametrize(
    ("asked", "demanded"),
    [
        ({}, Assurance.NONE),
        ({"acr_values": ONE_FACTOR}, Assurance.NONE),
        ({"acr_values": "urn:other urn:another"}, Assurance.NONE),
        ({"acr_values": f"{ONE_FACTOR} {TWO_FACTORS}"}, Assurance.NONE),
        ({"acr_values": TWO_FACTORS}, Assurance.VOLUNTARY),
        ({"acr_values": BOTH}, Assurance.VOLUNTARY),
        ({"acr_values": f"urn:other {BOTH}"}, Assurance.VOLUNTARY),
        ({"claims": claims(TWO_FACTORS, essential=False)}, Assurance.VOLUNTARY),
        ({"claims": claims(TWO_FACTORS, ONE_FACTOR)}, Assurance.VOLUNTARY),
        ({"claims": claims(ONE_FACTOR, TWO_FACTORS)}, Assurance.NONE),
        ({"claims": claims("urn:other", TWO_FACTORS)}, Assurance.ESSENTIAL),
        ({"claims": '{"id_token":{"acr":{"essential":true,"value":"' + TWO_FACTORS + '"}}}'}, Assurance.ESSENTIAL),
        ({"claims": '{"id_token":{"acr":{"essential":true}}}'}, Assurance.NONE),
        ({"claims": '{"id_token":{"acr":null}}'}, Assurance.NONE),
        ({"claims": '{"id_token":{"acr":{"essential":true,"values":[1]}}}', "acr_values": BOTH}, None),
        ({"claims": "{"}, Assurance.NONE),
        ({"claims": claims(TWO_FACTORS), "acr_values": ONE_FACTOR}, Assurance.ESSENTIAL),
    ],
    ids=str,
)
def test_core_5_5_1_1_what_a_request_demands(walker: Walker, asked: dict[str, str], demanded: Assurance | None) -> None:
    """`None`: a condition that names nothing there is cannot be met."""
    response = walker.authorize(**asked)
    if demanded is None:
        assert answer_of(response)["error"] == UNMET
    else:
        assert demanded_assurance(waiting(walker)) == demanded


def test_9470_5_whoever_is_strong_enough_is_not_asked(walker: Walker, alice: User) -> None:
    walker.sign_in(alice, BY_TWO)
    for demand in (VOLUNTARY, ESSENTIAL, {}):
        tokens = walker.redeem(answer_of(walker.authorize(prompt="none", scope="openid", **demand))["code"])
        assert claims_of(tokens["id_token"])["acr"] == TWO_FACTORS


@pytest.mark.parametrize("demand", [VOLUNTARY, ESSENTIAL], ids=["voluntary", "essential"])
def test_9470_5_a_weaker_session_is_made_stronger(walker: Walker, alice: User, demand: dict[str, str]) -> None:
    """The session stays the same, its tokens of before keep what they said; the new ones and later ones tell better."""
    before = walker.sign_in(alice)
    session = Session.objects.get()
    assert answer_of(walker.authorize(prompt="none", **demand))["error"] == "login_required"
    assert is_sign_in(walker.authorize(**demand))
    pending = waiting(walker)
    assert (pending.prompt, pending.reasons, pending.session_id) == ("login", ["acr"], session.id)
    tokens = walker.redeem(answer_of(walker.browser.sign_in(alice, submission=BY_TWO))["code"])
    assert Session.objects.get().id == session.id
    later = walker.redeem(answer_of(walker.authorize(prompt="none", scope="openid"))["code"])
    for body in (tokens, later):
        assert claims_of(body["id_token"])["acr"] == TWO_FACTORS
    old = walker.post("token", grant_type="refresh_token", refresh_token=before["refresh_token"])
    assert (claims_of(old["id_token"])["acr"], claims_of(old["id_token"])["amr"]) == (ONE_FACTOR, ["pwd"])


def test_9470_6_refreshed_tokens_and_introspection_keep_it(walker: Walker, alice: User, documents: Any) -> None:
    tokens = walker.sign_in(alice, BY_TWO, resource=API, scope="openid offline_access read")
    opaque = walker.redeem(answer_of(walker.authorize(prompt="none", scope="openid"))["code"])["access_token"]
    told = [walker.post("token/introspection", token=opaque)]
    for _ in range(2):
        tokens = walker.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"], resource=API)
        told += [claims_of(tokens["id_token"]), claims_of(tokens["access_token"])]
        told.append(walker.post("token/introspection", token=tokens["access_token"]))
    assert [(claims["acr"], claims["amr"]) for claims in told] == [(TWO_FACTORS, ["pwd", "otp", "mfa"])] * 7


def test_core_5_5_1_1_a_condition_that_is_not_met_is_an_error(walker: Walker, alice: User) -> None:
    """The user is signed in, but not as strongly as was the condition. Whoever asks for less gets in."""
    assert is_sign_in(walker.authorize(**ESSENTIAL))
    answer = answer_of(walker.browser.sign_in(alice, submission=BY_PASSWORD))
    assert (answer["error"], answer["state"]) == (UNMET, "opaque state")
    assert "code" in answer_of(walker.authorize(prompt="consent"))
    assert is_sign_in(walker.authorize(**ESSENTIAL)), "a condition is one each time"


def test_core_5_5_1_1_the_experience_may_give_up_at_once(walker: Walker, alice: User) -> None:
    assert is_sign_in(walker.authorize(**ESSENTIAL))
    path = abort(waiting(walker), error=UNMET).removeprefix(walker.browser.origin)
    assert answer_of(walker.browser.client.get(path))["error"] == UNMET


def test_core_3_1_2_1_a_wish_that_cannot_be_fulfilled_is_put_once(walker: Walker, alice: User) -> None:
    tokens = walker.sign_in(alice, **VOLUNTARY)
    assert claims_of(tokens["id_token"])["acr"] == ONE_FACTOR
    tokens = walker.redeem(answer_of(walker.authorize(prompt="none", scope="openid", **VOLUNTARY))["code"])
    assert claims_of(tokens["id_token"])["acr"] == ONE_FACTOR
    assert is_sign_in(walker.authorize(**ESSENTIAL))
    walker.browser.sign_in(alice, submission=BY_PASSWORD)
    walker.sign_in(alice, prompt="login")
    assert is_sign_in(walker.authorize(**VOLUNTARY)), "another sign-in, another try"


def test_core_5_5_1_1_no_factor_that_there_is_not_can_be_a_condition(walker: Walker, alice: User) -> None:
    walker.sign_in(alice)
    assert answer_of(walker.authorize(claims=claims("urn:mace:gold")))["error"] == UNMET
    assert "code" in answer_of(walker.authorize(prompt="none", claims=claims("urn:mace:gold", essential=False)))


def test_core_5_5_1_1_an_application_without_the_setting_is_told_what_it_demanded(untold: Walker, alice: User) -> None:
    assert is_sign_in(untold.authorize(**ESSENTIAL))
    code = answer_of(untold.browser.sign_in(alice, submission=BY_TWO))["code"]
    token = claims_of(untold.redeem(code)["id_token"])
    assert (token["acr"], "amr" in token, "auth_time" in token) == (TWO_FACTORS, False, False)


def test_9470_5_max_age_and_a_second_factor_together(walker: Walker, alice: User) -> None:
    """A sign-in that is strong but old is asked for again, whole: what it proved is too old."""
    with time_machine.travel(now(), tick=False) as clock:
        walker.sign_in(alice, BY_TWO)
        clock.shift(timedelta(minutes=10))
        assert is_sign_in(walker.authorize(max_age="300", **ESSENTIAL))
        pending = waiting(walker)
        assert (pending.reasons, find_session_to_strengthen(pending)) == (["max_age"], None)
        assert answer_of(walker.browser.sign_in(alice, submission=BY_PASSWORD))["error"] == UNMET
        tokens = walker.sign_in(alice, BY_TWO, max_age="300", **ESSENTIAL)
        assert claims_of(tokens["id_token"])["auth_time"] == to_seconds(now())


class TestOnlyTheSecondFactor:
    """Whoever has proved the first one in this session need not prove it again."""

    def test_what_the_session_knows_and_what_is_new_make_two(self, walker: Walker, alice: User) -> None:
        walker.sign_in(alice)
        walker.authorize(**ESSENTIAL)
        session = find_session_to_strengthen(waiting(walker))
        assert session is not None
        assert session.user == alice
        together = strengthened(session, submission(TOTP))
        assert [record["type"] for record in together["verificationRecords"]] == ["Password", "Totp"]
        code = answer_of(walker.browser.sign_in(alice, submission=together))["code"]
        assert claims_of(walker.redeem(code)["id_token"])["amr"] == ["pwd", "otp", "mfa"]

    def test_a_factor_that_is_set_up_meanwhile_will_do(self, walker: Walker, alice: User) -> None:
        walker.sign_in(alice)
        walker.authorize(**ESSENTIAL)
        session = find_session_to_strengthen(waiting(walker))
        assert session is not None
        together = strengthened(session, submission(bound("Totp")))
        assert "code" in answer_of(walker.browser.sign_in(alice, submission=together))

    def test_what_the_session_did_not_count_does_not_count_later(self, walker: Walker, alice: User) -> None:
        """A factor that was added while another was waived stays out when the note about that is gone."""
        walker.sign_in(alice, submission(PASSWORD, bound("WebAuthn")) | {"secondFactorWaived": True})
        walker.authorize(**ESSENTIAL)
        session = find_session_to_strengthen(waiting(walker))
        assert session is not None
        assert strengthened(session, submission())["verificationRecords"] == [PASSWORD]

    def test_a_later_proof_takes_the_place_of_an_earlier_one(self, walker: Walker, alice: User) -> None:
        """So that a session does not grow with every try."""
        walker.sign_in(alice, submission(EMAIL))
        walker.authorize(**ESSENTIAL)
        session = find_session_to_strengthen(waiting(walker))
        assert session is not None
        session.last_submission = submission(EMAIL, MFA_EMAIL)
        again = MFA_EMAIL | {"id": "y"}
        assert strengthened(session, submission(again))["verificationRecords"] == [EMAIL, again]

    @pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}], ids=str)
    def test_not_if_everything_is_to_be_proved_again(self, walker: Walker, alice: User, changes: Any) -> None:
        walker.sign_in(alice)
        walker.authorize(**ESSENTIAL, **changes)
        assert find_session_to_strengthen(waiting(walker)) is None

    def test_not_without_a_session(self, walker: Walker, alice: User) -> None:
        walker.authorize(**ESSENTIAL)
        assert find_session_to_strengthen(waiting(walker)) is None
        walker.sign_in(alice)
        walker.authorize(**ESSENTIAL)
        pending = waiting(walker)
        Session.objects.all().delete()
        assert find_session_to_strengthen(pending) is None

    def test_not_for_a_session_that_is_over_or_of_somebody_suspended(self, walker: Walker, alice: User) -> None:
        walker.sign_in(alice)
        walker.authorize(**ESSENTIAL)
        pending = waiting(walker)
        with time_machine.travel(now() + timedelta(days=15), tick=False):
            assert find_session_to_strengthen(pending) is None
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
        assert find_session_to_strengthen(pending) is None
