"""A third party that has users sign in to an organization learns of it only where they let it in."""

import pytest

from applications.models import Application
from applications.services.consent_configuration import allow_user_consent_scopes
from common.actors import SYSTEM
from identity.models import User
from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from oidc.keys.signing import verify_jwt
from organizations.models import Organization
from tenants.services.settings import set_setting
from tests.oidc.authorization.browsing import answer_of
from tests.oidc.consent.conftest import Visit
from tests.oidc.tokens.parties import ORGANIZATIONS

pytestmark = pytest.mark.django_db

SCOPE = f"openid {ORGANIZATIONS}"


@pytest.fixture(autouse=True)
def _on(market: Application) -> None:
    allow_user_consent_scopes(market, user_scopes=[ORGANIZATIONS], actor=SYSTEM)
    set_setting(ORGANIZATION_SIGN_IN_SETTING, {"enabled": True}, actor=SYSTEM)


def test_a_member_who_lets_it_in(visit: Visit, alice: User, wayne: Organization) -> None:
    visit.ask(alice, scope=SCOPE, organization_id=wayne.id)
    code = visit.allow(wayne)["code"]
    signed = verify_jwt(visit.redeem(code)["id_token"])
    assert signed is not None
    assert signed.claims["organization_id"] == wayne.id


def test_a_member_who_does_not(visit: Visit, alice: User, wayne: Organization) -> None:
    visit.ask(alice, scope=SCOPE, organization_id=wayne.id)
    assert visit.allow()["error"] == "access_denied"


def test_it_cannot_ask_in_silence_who_belongs_where(visit: Visit, alice: User, wayne: Organization) -> None:
    """A member and a nonmember answer alike, to a request nobody sees and after a consent that lets it in nowhere."""
    answers = []
    foreign = Organization.objects.create(name="Kane")
    for organization in (wayne, foreign):
        seen = Visit(visit.application)
        seen.ask(alice, scope="openid", organization_id=organization.id)
        silent = answer_of(seen.ask(scope="openid", organization_id=organization.id, prompt="none"))
        refused = seen.allow()
        answers.append((silent["error"], refused["error"], refused["error_description"]))
    assert answers[0] == answers[1]
    assert answers[0][1] == "access_denied"
