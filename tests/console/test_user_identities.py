"""A user's accounts at other providers in the console: seen, unlinked, and their tokens deleted."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderUser, TokenSet
from connectors.services.connectors import create_connector
from identity.models import FederatedTokenSet, SocialIdentity, SsoIdentity, User
from identity.services.social_identities import link_social_identity
from identity.services.sso_identities import link_sso_identity
from identity.services.token_vault import store_social_tokens
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.connectors.orchard import ORCHARD_CONFIG, orchards  # noqa: F401
from tests.console.test_changes import USER_ROWS, management

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("orchards")]


@pytest.fixture
def alice(installation: dict[str, Any]) -> User:
    """Alice has an Orchard account with tokens, one at a provider that is gone, and one at her enterprise."""
    with enter_tenant("default"):
        options: dict[str, Any] = {"config": ORCHARD_CONFIG, "enable_token_storage": True}
        connector = create_connector(factory_id="orchard-web", actor=SYSTEM, **options)
        alice = create_user(username="alice", actor=SYSTEM)
        apple = ProviderUser("apple", name="Alice", email="alice@orchard.example", raw_data={"note": "<b>bold</b>"})
        alice = link_social_identity(alice, target="orchard", account=apple, actor=SYSTEM)
        alice = link_social_identity(alice, target="gone", account=ProviderUser("x-1"), actor=SYSTEM)
        tokens = TokenSet("orchard-token", refresh_token="r", scope="trees", expires_at=10**30)
        store_social_tokens(alice, target="orchard", connector_id=connector.id, tokens=tokens, actor=SYSTEM)
        okta = SsoConnector.objects.create(provider_name="Okta", connector_name="Initech", sealed_config=b"")
        account = ProviderUser("00u1", email="alice@initech.com")
        link_sso_identity(alice, connector_id=okta.id, issuer="https://okta.example", account=account, actor=SYSTEM)
        return alice


def page_of(user: User) -> str:
    return f"/console/default/identity/user/{user.id}/change/"


def rows_of(user: User, prefix: str, rows: list[Any]) -> dict[str, str]:
    """The form of the user with the rows of one kind of account."""
    form = {"username": "alice", "custom_data": "{}", **management(*USER_ROWS)}
    form |= {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": str(len(rows))}
    for index, row in enumerate(rows):
        form |= {f"{prefix}-{index}-id": row.id, f"{prefix}-{index}-user": user.id}
    return form


def test_accounts_are_shown_with_what_the_provider_says(console: Client, alice: User) -> None:
    page = console.get(page_of(alice)).content.decode()
    assert "alice@orchard.example" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold</b>" not in page
    assert "renewed when they expire" in page
    assert "Initech" in page
    assert "https://okta.example" in page
    assert "orchard-token" not in page


def test_an_account_is_unlinked(console: Client, alice: User) -> None:
    with enter_tenant("default"):
        rows = list(SocialIdentity.objects.order_by("created_at", "id"))
    form = rows_of(alice, "social_identities", rows)
    place = next(index for index, row in enumerate(rows) if row.target == "orchard")
    answer = console.post(page_of(alice), {**form, f"social_identities-{place}-DELETE": "on"})
    assert answer.status_code == 302
    with enter_tenant("default"):
        assert list(User.objects.get(id=alice.id).identities) == ["gone"]
        assert not FederatedTokenSet.objects.exists()


def test_an_enterprise_account_is_unlinked(console: Client, alice: User) -> None:
    with enter_tenant("default"):
        rows = list(SsoIdentity.objects.all())
    form = rows_of(alice, "sso_identities", rows)
    assert console.post(page_of(alice), {**form, "sso_identities-0-DELETE": "on"}).status_code == 302
    with enter_tenant("default"):
        assert not SsoIdentity.objects.exists()


def test_stored_tokens_are_deleted_and_the_account_stays(console: Client, alice: User) -> None:
    with enter_tenant("default"):
        rows = list(SocialIdentity.objects.order_by("created_at", "id"))
    place = next(index for index, row in enumerate(rows) if row.target == "orchard")
    form = rows_of(alice, "social_identities", rows)
    answer = console.post(page_of(alice), {**form, f"social_identities-{place}-forget_tokens": "on"})
    assert answer.status_code == 302
    with enter_tenant("default"):
        assert not FederatedTokenSet.objects.exists()
        assert SocialIdentity.objects.filter(target="orchard").exists()
