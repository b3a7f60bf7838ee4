"""Accounts at other providers, linked to users; and the vault of what those providers have issued."""

import json
from typing import Any

import pytest

from common.actors import SYSTEM, Actor
from common.errors import AppError
from connectors.models import Connector, SsoConnector
from connectors.provider_sign_in import ProviderUser, TokenSet
from identity.models import FederatedTokenSet, SocialIdentity, SsoIdentity, User
from identity.selectors import find_sso_identity, find_user_by_social_identity, get_sso_identity
from identity.services import token_vault
from identity.services.social_identities import (
    link_social_identity,
    replace_social_identity,
    unlink_social_identity,
)
from identity.services.sso_identities import link_sso_identity, sync_sso_identity, unlink_sso_identity
from identity.services.users import create_user, update_user
from tenants.models import Tenant

ALICE_AT_GITHUB = ProviderUser("583231", email="alice@example.com", name="Alice", raw_data={"login": "alice"})
TOKENS = TokenSet("an access token", refresh_token="a refresh token", scope="user", expires_at=1_000)


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return create_user(username="alice", actor=SYSTEM)


@pytest.fixture
def bob(tenant: Tenant) -> User:
    return create_user(primary_email="bob@acme.com", actor=SYSTEM)


@pytest.fixture
def github(tenant: Tenant) -> Connector:
    return Connector.objects.create(factory_id="github-universal", sealed_config=b"", enable_token_storage=True)


@pytest.fixture
def okta(tenant: Tenant) -> SsoConnector:
    return SsoConnector.objects.create(provider_name="Okta", connector_name="Acme", sealed_config=b"")


def _code(error: pytest.ExceptionInfo[AppError]) -> str:
    return error.value.code


def test_a_linked_account_leads_to_its_user(alice: User) -> None:
    link_social_identity(alice, target="github", account=ALICE_AT_GITHUB, actor=SYSTEM)
    assert find_user_by_social_identity("github", "583231") == alice
    assert find_user_by_social_identity("gitlab", "583231") is None
    assert User.objects.get(id=alice.id).identities == {
        "github": {
            "userId": "583231",
            "details": {
                "id": "583231",
                "email": "alice@example.com",
                "name": "Alice",
                "rawData": {"login": "alice"},
            },
        }
    }


def test_an_account_belongs_to_one_user_and_a_user_has_one_of_a_provider(alice: User, bob: User) -> None:
    link_social_identity(alice, target="github", account=ALICE_AT_GITHUB, actor=SYSTEM)
    with pytest.raises(AppError) as error:
        link_social_identity(bob, target="github", account=ALICE_AT_GITHUB, actor=SYSTEM)
    assert _code(error) == "user.identity_already_in_use"
    assert User.objects.get(id=bob.id).identities == {}
    with pytest.raises(AppError) as error:
        link_social_identity(alice, target="github", account=ProviderUser("999"), actor=SYSTEM)
    assert _code(error) == "user.social_account_exists_in_profile"


def test_a_developer_replaces_an_account(alice: User) -> None:
    assert replace_social_identity(alice, target="github", identity_id="1", actor=SYSTEM) is True
    assert replace_social_identity(alice, target="github", identity_id="2", details={"id": "2"}, actor=SYSTEM) is False
    assert find_user_by_social_identity("github", "1") is None
    assert find_user_by_social_identity("github", "2") == alice


@pytest.mark.parametrize("identities", [{"": {"userId": "1"}}, {"github": {}}, {"github": {"userId": 1}}, {"g": "1"}])
def test_what_is_no_identity_is_refused(alice: User, identities: dict[str, object]) -> None:
    with pytest.raises(AppError) as error:
        update_user(alice, identities=identities, actor=SYSTEM)
    assert _code(error) == "request.invalid_input"
    assert not SocialIdentity.objects.exists()


def test_users_do_not_remove_what_alone_signs_them_in(alice: User, bob: User) -> None:
    for user, account in ((alice, "1"), (bob, "2")):
        link_social_identity(user, target="github", account=ProviderUser(account), actor=SYSTEM)
    with pytest.raises(AppError) as error:
        unlink_social_identity(alice, target="github", actor=Actor.user(alice.id))
    assert _code(error) == "user.last_sign_in_method_required"
    link_social_identity(alice, target="google", account=ProviderUser("3"), actor=SYSTEM)
    unlink_social_identity(alice, target="github", actor=Actor.user(alice.id))
    unlink_social_identity(bob, target="github", actor=Actor.user(bob.id))
    assert find_user_by_social_identity("github", "1") is None
    # A developer may.
    unlink_social_identity(alice, target="google", actor=SYSTEM)
    with pytest.raises(AppError) as error:
        unlink_social_identity(alice, target="google", actor=SYSTEM)
    assert _code(error) == "user.identity_not_exist"


def test_an_enterprise_account_is_of_its_connector_alone(alice: User, bob: User, okta: SsoConnector) -> None:
    """A hostile enterprise may name any issuer: another's entity id leads to nobody of that other's."""
    other = SsoConnector.objects.create(provider_name="SAML", connector_name="Mallory", sealed_config=b"")
    account = ProviderUser("u-1", email="alice@acme.com")
    identity = link_sso_identity(alice, connector_id=okta.id, issuer="https://idp", account=account, actor=SYSTEM)
    assert find_sso_identity(okta.id, "https://idp", "u-1") == identity
    assert find_sso_identity(other.id, "https://idp", "u-1") is None
    with pytest.raises(AppError) as error:
        link_sso_identity(bob, connector_id=okta.id, issuer="https://idp", account=account, actor=SYSTEM)
    assert _code(error) == "user.identity_already_in_use"


def test_a_changed_address_follows_if_it_was_the_accounts_and_is_free(
    bob: User, alice: User, okta: SsoConnector
) -> None:
    account = ProviderUser("u-1", email="Bob@acme.com")
    identity = link_sso_identity(bob, connector_id=okta.id, issuer="i", account=account, actor=SYSTEM)
    sync_sso_identity(identity, account=ProviderUser("u-1", email="bob.b@acme.com"), actor=SYSTEM, follows_email=True)
    assert User.objects.get(id=bob.id).primary_email == "bob.b@acme.com"
    update_user(alice, primary_email="taken@acme.com", actor=SYSTEM)
    sync_sso_identity(identity, account=ProviderUser("u-1", email="taken@acme.com"), actor=SYSTEM, follows_email=True)
    assert User.objects.get(id=bob.id).primary_email == "bob.b@acme.com"
    assert SsoIdentity.objects.get().detail["email"] == "taken@acme.com"
    sync_sso_identity(identity, account=ProviderUser("u-1", email="x@acme.com"), actor=SYSTEM, follows_email=False)
    assert User.objects.get(id=bob.id).primary_email == "bob.b@acme.com"


def test_unlinking_an_enterprise_account(alice: User, okta: SsoConnector) -> None:
    link_sso_identity(alice, connector_id=okta.id, issuer="i", account=ProviderUser("u-1"), actor=SYSTEM)
    with pytest.raises(AppError) as error:
        unlink_sso_identity(alice, connector_id=okta.id, actor=Actor.user(alice.id))
    assert _code(error) == "user.last_sign_in_method_required"
    unlink_sso_identity(alice, connector_id=okta.id, actor=SYSTEM)
    with pytest.raises(AppError) as error:
        get_sso_identity(alice, okta.id)
    assert _code(error) == "user.enterprise_sso_identity_not_exists"


class _Provider:
    """Renews tokens once."""

    def refresh(self, config: object, refresh_token: str) -> TokenSet:
        assert refresh_token == "a refresh token"
        return TokenSet("a newer one", expires_at=9_999_999_999)


def test_tokens_are_sealed_renewed_and_gone_with_their_account(alice: User, github: Connector) -> None:
    link_social_identity(alice, target="github", account=ALICE_AT_GITHUB, actor=SYSTEM)
    token_vault.store_social_tokens(alice, target="github", connector_id=github.id, tokens=TOKENS, actor=SYSTEM)
    held = token_vault.find_social_tokens(alice, "github")
    assert held is not None
    assert held.metadata == {"scope": "user", "expiresAt": 1_000, "hasRefreshToken": True}
    assert "token" not in bytes(held.ciphertext).decode("latin-1")
    assert (len(held.iv), len(held.auth_tag), len(held.encrypted_dek)) == (12, 16, 12 + 32 + 16)
    assert token_vault.read_token_set(held, connector=object(), config={}) == TOKENS
    renewed = token_vault.read_token_set(held, connector=_Provider(), config={})
    # The provider did not rotate the refresh token, so the old one is kept.
    assert (renewed.access_token, renewed.refresh_token) == ("a newer one", "a refresh token")
    kept = FederatedTokenSet.objects.get()
    assert token_vault.read_token_set(kept, connector=_Provider(), config={}) == renewed
    unlink_social_identity(alice, target="github", actor=SYSTEM)
    assert not FederatedTokenSet.objects.exists()


def test_a_rotated_key_opens_what_the_old_one_has_sealed(alice: User, github: Connector, settings: Any) -> None:
    newest = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="
    link_social_identity(alice, target="github", account=ALICE_AT_GITHUB, actor=SYSTEM)
    token_vault.store_social_tokens(alice, target="github", connector_id=github.id, tokens=TOKENS, actor=SYSTEM)
    old = settings.SECRET_VAULT_KEK
    settings.SECRET_VAULT_KEK = [newest, *old]
    assert token_vault.rewrap_token_sets() == 1
    assert token_vault.rewrap_token_sets() == 0
    settings.SECRET_VAULT_KEK = [newest]
    assert token_vault.read_token_set(FederatedTokenSet.objects.get(), connector=None, config={}) == TOKENS
    settings.SECRET_VAULT_KEK = old
    with pytest.raises(ValueError, match="SECRET_VAULT_KEK"):
        token_vault.read_token_set(FederatedTokenSet.objects.get(), connector=None, config={})


def test_no_token_is_in_the_audit_log(alice: User, github: Connector) -> None:
    from events.models import AuditLog

    link_social_identity(alice, target="github", account=ALICE_AT_GITHUB, actor=SYSTEM)
    token_vault.store_social_tokens(alice, target="github", connector_id=github.id, tokens=TOKENS, actor=SYSTEM)
    token_vault.delete_token_set(FederatedTokenSet.objects.get().id, actor=SYSTEM)
    entries = json.dumps(list(AuditLog.objects.values("key", "payload")))
    assert "Secret.Updated" in entries
    assert "Secret.Deleted" in entries
    assert "an access token" not in entries
    assert "a refresh token" not in entries


def test_tokens_that_are_renewed_while_their_account_is_unlinked_do_not_come_back(
    alice: User, github: Connector
) -> None:
    """What the provider answered was written to a row that had gone: it would have been a new one."""
    link_social_identity(alice, target="github", account=ALICE_AT_GITHUB, actor=SYSTEM)
    token_vault.store_social_tokens(alice, target="github", connector_id=github.id, tokens=TOKENS, actor=SYSTEM)
    held = token_vault.find_social_tokens(alice, "github")
    assert held is not None

    class Slow(_Provider):
        def refresh(self, config: object, refresh_token: str) -> TokenSet:
            unlink_social_identity(alice, target="github", actor=SYSTEM)
            return super().refresh(config, refresh_token)

    with pytest.raises(AppError) as refused:
        token_vault.read_token_set(held, connector=Slow(), config={})
    assert refused.value.code == "entity.not_found"
    assert not FederatedTokenSet.objects.exists()
