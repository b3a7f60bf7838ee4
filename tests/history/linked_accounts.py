"""Recipes of the services that link users' accounts at other providers and keep their tokens."""

from collections.abc import Callable
from typing import Any

from common.actors import SYSTEM, Actor
from connectors.provider_sign_in import ProviderUser, TokenSet
from experience.services.linked_accounts import attach_staged_accounts
from experience.staged_profile import SOCIAL_IDENTITY
from identity.models import FederatedTokenSet, SsoIdentity, User
from identity.selectors import get_user
from identity.services import social_identities, sso_identities, token_vault
from identity.services.users import announce_user
from tests.history.world import World

ACCOUNT = ProviderUser("583231", name="Alice")
ISSUER = "https://initech.example"
TOKENS = TokenSet("token")


def _linked(world: World) -> User:
    social_identities.link_social_identity(world.alice, target="github", account=ACCOUNT, actor=SYSTEM)
    return get_user(world.alice.id)


def _sso_linked(world: World) -> SsoIdentity:
    return sso_identities.link_sso_identity(
        world.alice, connector_id=world.sso_connector.id, issuer=ISSUER, account=ACCOUNT, actor=SYSTEM
    )


def _unlink_sso(world: World, actor: Actor) -> None:
    sso_identities.unlink_sso_identity(world.alice, connector_id=_sso_linked(world).connector_id, actor=actor)


def _delete_tokens(world: World, actor: Actor) -> None:
    token_vault.store_sso_tokens(_sso_linked(world), tokens=TOKENS, actor=SYSTEM)
    token_vault.delete_token_set(FederatedTokenSet.objects.get().id, actor=actor)


def recipes(carol: Actor) -> dict[Any, Callable[[World], Any]]:
    """Return how each service is called by carol."""
    return {
        social_identities.link_social_identity: lambda w: social_identities.link_social_identity(
            w.alice, target="github", account=ACCOUNT, actor=carol
        ),
        social_identities.replace_social_identity: lambda w: social_identities.replace_social_identity(
            w.alice, target="github", identity_id="1", actor=carol
        ),
        social_identities.unlink_social_identity: lambda w: social_identities.unlink_social_identity(
            _linked(w), target="github", actor=carol
        ),
        sso_identities.link_sso_identity: lambda w: sso_identities.link_sso_identity(
            w.alice, connector_id=w.sso_connector.id, issuer=ISSUER, account=ACCOUNT, actor=carol
        ),
        sso_identities.sync_sso_identity: lambda w: sso_identities.sync_sso_identity(
            _sso_linked(w), account=ProviderUser("583231", name="Alicia"), actor=carol, follows_email=False
        ),
        sso_identities.unlink_sso_identity: lambda w: _unlink_sso(w, carol),
        token_vault.store_social_tokens: lambda w: token_vault.store_social_tokens(
            _linked(w), target="github", connector_id=w.connector.id, tokens=TOKENS, actor=carol
        ),
        token_vault.store_sso_tokens: lambda w: token_vault.store_sso_tokens(
            _sso_linked(w), tokens=TOKENS, actor=carol
        ),
        token_vault.delete_token_set: lambda w: _delete_tokens(w, carol),
        announce_user: lambda w: announce_user("User.Data.Updated", w.alice, carol, changed=("name",)),
        attach_staged_accounts: lambda w: attach_staged_accounts(
            w.alice, {SOCIAL_IDENTITY: {"target": "github", "userInfo": ACCOUNT.as_wire()}}, actor=carol
        ),
    }
