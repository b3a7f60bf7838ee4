"""A device that names an organization: only its members can answer it, if the tenant has that."""

import pytest

from applications.models import Application
from common.actors import SYSTEM
from identity.models import User
from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from oidc.keys.signing import verify_jwt
from organizations.models import Organization
from organizations.services.members import add_members
from tenants.services.settings import set_setting
from tests.oidc.device.devices import Device, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def wayne(alice: User) -> Organization:
    """Alice's organization; the tenant has users sign in to theirs."""
    organization = Organization.objects.create(name="Wayne")
    add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    set_setting(ORGANIZATION_SIGN_IN_SETTING, {"enabled": True}, actor=SYSTEM)
    return organization


def test_a_member_connects_it(application: Application, person: Person, alice: User, wayne: Organization) -> None:
    tv = Device(application).start(organization_id=wayne.id)
    person.arrive(tv.user_code, alice).allow(tv.user_code)
    signed = verify_jwt(tv.collect()["id_token"])
    assert signed is not None
    assert signed.claims["organization_id"] == wayne.id


def test_a_nonmember_does_not(application: Application, person: Person, bob: User, wayne: Organization) -> None:
    tv = Device(application).start(scope=f"openid organization:{wayne.id}")
    person.arrive(tv.user_code, bob)
    assert person.press(tv.user_code, "allow").status_code == 403
    assert tv.error() == (400, "authorization_pending")
