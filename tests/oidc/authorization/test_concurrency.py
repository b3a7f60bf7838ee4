"""What two requests at once must not bring about."""

from datetime import timedelta

import pytest

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from common.crypto import sha256_hex
from identity.models import User
from identity.services.users import set_user_suspended
from oidc.authorization.parameters import Parameters
from oidc.authorization.pending import resume_request
from oidc.authorization.pipeline import CHECKS, CLIENT_AND_REDIRECT, Issued, run, settle
from oidc.authorization.request import Authorization
from oidc.models import AuthorizationCode, AuthorizationRequest, Session, SessionAuthorization
from tests.oidc.authorization.browsing import Browser
from tests.racing import race_outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def issue(browser: Browser, application: Application) -> str:
    """Let the application authorize in a live session, past HTTP."""
    authorization = Authorization(Parameters(browser.request_of(application.id)), browser.origin)
    run(CLIENT_AND_REDIRECT, authorization)
    run(CHECKS, authorization)
    outcome = settle(authorization, sha256_hex("cookie"))
    return outcome.code if isinstance(outcome, Issued) else ""


@pytest.fixture
def session(alice: User) -> Session:
    return Session.objects.create(
        cookie_sha256=sha256_hex("cookie"),
        user=alice,
        authenticated_at=now(),
        expires_at=now() + timedelta(days=1),
    )


def test_an_application_takes_its_place_in_a_session_once(browser: Browser, spa: Application, session: Session) -> None:
    assert race_outcomes([lambda: issue(browser, spa)] * 4) == ["ok"] * 4
    place = SessionAuthorization.objects.get()
    assert {code.grant_id for code in AuthorizationCode.objects.all()} == {place.grant_id}
    assert AuthorizationCode.objects.count() == 4


def test_one_browser_takes_a_request_up(browser: Browser, spa: Application) -> None:
    browser.authorize(spa.id)
    uid = AuthorizationRequest.objects.get().id
    assert sorted(race_outcomes([lambda: resume_request(uid)] * 4)) == ["ok"] + ["session.not_found"] * 3


def test_suspension_and_authorization_do_not_wait_for_each_other(
    browser: Browser, spa: Application, alice: User, session: Session
) -> None:
    outcomes = race_outcomes(
        [lambda: set_user_suspended(alice, suspended=True, actor=SYSTEM), *[lambda: issue(browser, spa)] * 3]
    )
    assert outcomes == ["ok"] * 4
    assert not Session.objects.exists()
    assert issue(browser, spa) == ""
