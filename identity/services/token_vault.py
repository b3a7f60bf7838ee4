"""The token vault: what providers have issued for the linked accounts of users, sealed under keys of its own.

Each set of tokens is under a data encryption key, and that under the key ring `SECRET_VAULT_KEK`, whose first key seals
and all open. No token is ever part of an event, a log or the metadata.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.envelopes import Envelope, open_envelope, rewrapped, seal_envelope
from common.errors import AppError
from connectors.provider_sign_in import RefreshesTokens, TokenSet
from events.history import Subject, record
from identity.identifier_keys import is_storable
from identity.models import FederatedTokenSet, SocialIdentity, SsoIdentity, User

TYPE = "federated_token_set"
_MOST_BYTES = 65_536
# Seconds before its end from which a token is renewed: it has to get where it is used.
_EARLY = 30
_REWRAPPED_AT_ONCE = 500


def store_social_tokens(user: User, *, target: str, connector_id: str, tokens: TokenSet, actor: Actor) -> None:
    """Keep the tokens of a linked social account, in the place of those before. Raises `user.identity_not_exist`."""
    identity = SocialIdentity.objects.filter(user=user, target=target).first()
    if identity is None:
        raise AppError("user.identity_not_exist")
    held = FederatedTokenSet.objects.filter(social_identity=identity).first()
    fresh = FederatedTokenSet(user=user, social_identity=identity, connector_id=connector_id)
    _store(held or fresh, tokens, actor=actor)


def store_sso_tokens(identity: SsoIdentity, *, tokens: TokenSet, actor: Actor) -> None:
    """Keep the tokens of a linked enterprise account, in the place of those before."""
    held = FederatedTokenSet.objects.filter(sso_identity=identity).first()
    _store(held or FederatedTokenSet(user=identity.user, sso_identity=identity), tokens, actor=actor)


def find_social_tokens(user: User, target: str) -> FederatedTokenSet | None:
    """Return what is stored for a user's social account. One statement."""
    return FederatedTokenSet.objects.filter(user=user, social_identity__target=target).first()


def find_sso_tokens(identity: SsoIdentity) -> FederatedTokenSet | None:
    """Return what is stored for a user's enterprise account. One statement."""
    return FederatedTokenSet.objects.filter(sso_identity=identity).first()


def describe_token_set(held: FederatedTokenSet) -> dict[str, Any]:
    """Return what may be told of a token set; never a token."""
    return {"id": held.id, "type": TYPE, "metadata": held.metadata}


def read_token_set(held: FederatedTokenSet, *, connector: Any, config: Mapping[str, Any]) -> TokenSet:
    """Return the tokens, renewed by their connector if the access token is at its end and that can be done.

    Does HTTP: not inside of a transaction. Raises what `RefreshesTokens.refresh` does, and `entity.not_found` if the
    account was unlinked meanwhile. Of two who renew at the same moment the later one's are kept.
    """
    tokens = _opened(held)
    is_over = tokens.expires_at is not None and tokens.expires_at - _EARLY <= now().timestamp()
    if not is_over or tokens.refresh_token is None or not isinstance(connector, RefreshesTokens):
        return tokens
    renewed = connector.refresh(config, tokens.refresh_token)
    if renewed.refresh_token is None:
        # A provider that does not rotate it goes on taking the old one (RFC 6749 section 6).
        renewed = replace(renewed, refresh_token=tokens.refresh_token)
    with transaction.atomic():
        # What was deleted while the provider was asked must not come back.
        if not FederatedTokenSet.objects.select_for_update().filter(id=held.id).exists():
            raise AppError("entity.not_found")
        _store(held, renewed, actor=Actor.user(held.user_id))
    return renewed


@transaction.atomic
def delete_token_set(token_set_id: str, *, actor: Actor) -> None:
    """Forget a token set; raises `entity.not_found`."""
    held = FederatedTokenSet.objects.filter(id=token_set_id).first() if is_storable(token_set_id) else None
    if held is None:
        raise AppError("entity.not_found")
    record("Secret.Deleted", actor=actor, subject=_subject(held), user_id=held.user_id)
    held.delete()


def rewrap_token_sets() -> int:
    """Put the current tenant's token sets under the newest key of the ring, and return how many were under another."""
    count = 0
    for held in FederatedTokenSet.objects.only("id", "encrypted_dek").iterator(_REWRAPPED_AT_ONCE):
        sealed = rewrapped(bytes(held.encrypted_dek), settings.SECRET_VAULT_KEK)
        if sealed is not None:
            # Unless its user has signed in again meanwhile.
            same = FederatedTokenSet.objects.filter(id=held.id, encrypted_dek=held.encrypted_dek)
            count += same.update(encrypted_dek=sealed)
    return count


def _opened(held: FederatedTokenSet) -> TokenSet:
    parts = (held.encrypted_dek, held.iv, held.auth_tag, held.ciphertext)
    text = open_envelope(Envelope(*map(bytes, parts)), settings.SECRET_VAULT_KEK, context=_context(held))
    said = json.loads(text)
    return TokenSet(
        **said,
        **{field: held.metadata.get(name) for field, name in (("scope", "scope"), ("token_type", "tokenType"))},
        expires_at=held.metadata.get("expiresAt"),
    )


@transaction.atomic
def _store(held: FederatedTokenSet, tokens: TokenSet, *, actor: Actor) -> None:
    said = asdict(tokens)
    secret = {name: said[name] for name in ("access_token", "id_token", "refresh_token") if said[name]}
    text = json.dumps(secret)
    if len(text) > _MOST_BYTES:
        raise AppError("connector.invalid_response")
    envelope = seal_envelope(text, settings.SECRET_VAULT_KEK, context=_context(held))
    held.encrypted_dek, held.iv = envelope.encrypted_dek, envelope.iv
    held.auth_tag, held.ciphertext = envelope.auth_tag, envelope.ciphertext
    known = {"scope": tokens.scope, "expiresAt": tokens.expires_at, "tokenType": tokens.token_type}
    held.metadata = {name: value for name, value in known.items() if value is not None}
    held.metadata["hasRefreshToken"] = bool(tokens.refresh_token)
    held.save()
    record("Secret.Updated", actor=actor, subject=_subject(held), user_id=held.user_id)


def _context(held: FederatedTokenSet) -> str:
    return f"federated-tokens\0{held.tenant_id}\0{held.id}"


def _subject(held: FederatedTokenSet) -> Subject:
    return Subject("Secret", held.id, TYPE)
