"""An account at a provider is one user's, and a credential is good once, whoever comes at the same moment."""

from datetime import timedelta
from functools import partial

import pytest

from common.actors import SYSTEM, Actor
from common.clock import now
from connectors.enterprise.services.assertions import use_assertion
from connectors.models import UsedAssertion
from connectors.provider_sign_in import ProviderUser
from identity.models import SocialIdentity, SsoIdentity, User
from identity.services.social_identities import link_social_identity, unlink_social_identity
from identity.services.sso_identities import link_sso_identity
from identity.services.users import create_user
from tenants.models import Tenant
from tests.connectors.enterprise.initech import create_saml_connector
from tests.racing import race_outcomes

pytestmark = pytest.mark.django_db(transaction=True)

DANA = ProviderUser("dana", email="dana@example.com")
TAKEN = "user.identity_already_in_use"


@pytest.fixture
def rivals(tenant: Tenant) -> list[User]:
    """Users who link the same account of a provider."""
    return [create_user(username=f"rival{number}", actor=SYSTEM) for number in range(3)]


def test_a_social_account_is_linked_to_one_user(rivals: list[User]) -> None:
    calls = [partial(link_social_identity, user, target="orbit", account=DANA, actor=SYSTEM) for user in rivals]
    assert sorted(race_outcomes(calls)) == sorted(["ok", TAKEN, TAKEN])
    owner = SocialIdentity.objects.get().user
    assert [user.id for user in User.objects.all() if user.identities] == [owner.id]


def test_an_enterprise_account_is_linked_to_one_user(rivals: list[User]) -> None:
    connector = create_saml_connector()
    link = partial(link_sso_identity, connector_id=connector.id, issuer="i", account=DANA, actor=SYSTEM)
    assert sorted(race_outcomes([partial(link, user) for user in rivals])) == sorted(["ok", TAKEN, TAKEN])
    assert SsoIdentity.objects.count() == 1


def test_two_accounts_of_a_provider_are_not_linked_to_one_user(rivals: list[User]) -> None:
    accounts = [ProviderUser(name) for name in ("one", "two", "three")]
    copies = [User.objects.get(id=rivals[0].id) for _ in accounts]
    calls = [
        partial(link_social_identity, user, target="orbit", account=account, actor=SYSTEM)
        for user, account in zip(copies, accounts, strict=True)
    ]
    refused = "user.social_account_exists_in_profile"
    assert sorted(race_outcomes(calls)) == sorted(["ok", refused, refused])
    assert User.objects.get(id=rivals[0].id).identities["orbit"]["userId"] == SocialIdentity.objects.get().identity_id


def test_the_last_two_ways_in_are_not_removed_at_once(rivals: list[User]) -> None:
    """Each of two requests would see that the other account is left, and nobody could sign in any more."""
    user = rivals[0]
    for target in ("orbit", "comet"):
        link_social_identity(user, target=target, account=DANA, actor=SYSTEM)
    User.objects.filter(id=user.id).update(username=None)
    calls = [
        partial(unlink_social_identity, User.objects.get(id=user.id), target=target, actor=Actor.user(user.id))
        for target in ("orbit", "comet")
    ]
    assert sorted(race_outcomes(calls)) == sorted(["ok", "user.last_sign_in_method_required"])
    assert len(User.objects.get(id=user.id).identities) == 1


def test_an_assertion_signs_in_once(tenant: Tenant) -> None:
    use = partial(use_assertion, "c", issuer="i", assertion_id="a", expires_at=now() + timedelta(hours=1))
    assert sorted(race_outcomes([use] * 4)) == ["connector.authorization_failed"] * 3 + ["ok"]
    assert UsedAssertion.objects.count() == 1
