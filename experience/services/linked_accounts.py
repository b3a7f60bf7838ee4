"""What a journey links to its user's account: accounts at other providers, with what follows from them."""

from collections.abc import Mapping
from typing import Any

from common.actors import Actor
from common.errors import AppError
from connectors.enterprise.selectors import find_sso_connection
from connectors.provider_sign_in import ProviderUser
from connectors.selectors import find_social_connection
from experience.enterprise_domains import vouches_for
from experience.provider_accounts import open_tokens
from experience.staged_profile import (
    SOCIAL_IDENTITY,
    SOCIAL_TOKENS,
    SSO_IDENTITY,
    SSO_TOKENS,
    SYNCED_SSO_IDENTITY,
)
from identity.models import SsoIdentity, User
from identity.selectors import find_sso_identity
from identity.services.social_identities import link_social_identity
from identity.services.sso_identities import link_sso_identity, sync_sso_identity
from identity.services.token_vault import store_social_tokens, store_sso_tokens
from organizations.services.jit import provision_by_sso


def attach_staged_accounts(user: User, staged: Mapping[str, Any], *, actor: Actor) -> None:
    """Link the accounts that a journey has staged, bring linked ones up to date, and keep their tokens.

    A newly linked enterprise account lets its user join the organizations that admit the enterprise. No statement if
    nothing is staged. Raises `user.identity_already_in_use`, `user.social_account_exists_in_profile`, and
    `session.identifier_not_found` for an enterprise account that has been unlinked meanwhile, or whose connector is
    gone.
    """
    if linked := staged.get(SOCIAL_IDENTITY):
        account = ProviderUser.from_wire(linked["userInfo"])
        link_social_identity(user, target=linked["target"], account=account, actor=actor)
    _store_social_tokens(user, staged, actor=actor)
    if identity := _attach_sso_identity(user, staged, actor=actor):
        _store_sso_tokens(identity, staged, actor=actor)


def _attach_sso_identity(user: User, staged: Mapping[str, Any], *, actor: Actor) -> SsoIdentity | None:
    if linked := staged.get(SSO_IDENTITY):
        connector_id, issuer = linked["ssoConnectorId"], linked["issuer"]
        if find_sso_connection(connector_id) is None:
            raise AppError("session.identifier_not_found")
        account = ProviderUser.from_wire(linked["detail"])
        identity = link_sso_identity(user, connector_id=connector_id, issuer=issuer, account=account, actor=actor)
        provision_by_sso(user, connector_id=connector_id, actor=actor)
        return identity
    if synced := staged.get(SYNCED_SSO_IDENTITY):
        held = find_sso_identity(synced["ssoConnectorId"], synced["issuer"], synced["identityId"])
        if held is None or held.user_id != user.id:
            raise AppError("session.identifier_not_found")
        held.user = user
        account = ProviderUser.from_wire(synced["detail"])
        connection = find_sso_connection(synced["ssoConnectorId"])
        follows = connection is not None and vouches_for(connection, account.email)
        sync_sso_identity(held, account=account, actor=actor, follows_email=follows)
        return held
    return None


def _store_social_tokens(user: User, staged: Mapping[str, Any], *, actor: Actor) -> None:
    tokens = staged.get(SOCIAL_TOKENS)
    connection = find_social_connection(tokens["connectorId"]) if tokens else None
    # The switch may have been turned off meanwhile, or the connector removed.
    if tokens and connection and connection.stores_tokens:
        issued = open_tokens(tokens["sealed"])
        store_social_tokens(user, target=tokens["target"], connector_id=connection.id, tokens=issued, actor=actor)


def _store_sso_tokens(identity: SsoIdentity, staged: Mapping[str, Any], *, actor: Actor) -> None:
    tokens = staged.get(SSO_TOKENS)
    connection = find_sso_connection(identity.connector_id) if tokens else None
    if tokens and connection and connection.stores_tokens:
        store_sso_tokens(identity, tokens=open_tokens(tokens["sealed"]), actor=actor)
