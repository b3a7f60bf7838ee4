"""Passkeys of users: set one up, find it, and take its signature as proof."""

import base64
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.constraints import constraint_errors
from common.crypto import sha256_hex
from common.errors import AppError
from events.history import record
from identity.factor_types import FactorType
from identity.factors.changes import announce_change, hold_user
from identity.factors.webauthn.authenticators import find_authenticator_name
from identity.factors.webauthn.ceremony import (
    CredentialDescriptor,
    NewCredential,
    RelyingParty,
    credential_id_of,
    user_handle_of,
    verify_authentication,
)
from identity.models import Factor, User
from tenants.database.conflicts import atomic_with_retries
from tenants.database.rows import find, refresh, save

MAX_NAME = 128
_MAX_AGENT = 512
# Browsers get them all, to pick from and to tell which exist already.
_MAX_PASSKEYS = 100
_UNNAMED = "Unnamed User"
_FAILED = "session.mfa.webauthn_verification_failed"


def passkey_user_name(user: User) -> str:
    """Return the account's name in the list of an authenticator: an identifier, never what the user is called."""
    return user.primary_email or user.primary_phone or user.username or _UNNAMED


@atomic_with_retries
def bind_passkey(user: User, *, credential: NewCredential, agent: str, name: str | None = None, actor: Actor) -> Factor:
    """Add a passkey to an account and tell the user; without `name` it has its authenticator's.

    `agent` is the browser that made it. Raises `user.too_many_passkeys`, `entity.value_too_long`, `entity.not_found`,
    and `session.mfa.webauthn_verification_failed` for a credential that exists already (Web Authentication Level 3,
    section 7.1, step 26).
    """
    if name is not None and len(name) > MAX_NAME:
        raise AppError("entity.value_too_long")
    held = hold_user(user)
    if Factor.objects.filter(user=held, type=FactorType.WEBAUTHN).count() >= _MAX_PASSKEYS:
        raise AppError("user.too_many_passkeys")
    with constraint_errors(factor_lookup=_FAILED):
        factor = new_passkey(held, credential=credential, agent=agent, name=name)
        factor.save(force_insert=True)
    announce_change(held, added=[factor], actor=actor)
    return factor


def new_passkey(
    user: User, *, credential: NewCredential, agent: str = "", name: str | None = None, user_handle: str = ""
) -> Factor:
    """Return a passkey that is not stored yet.

    `user_handle` (base64url) is what its authenticator calls the user, if that is not the user's id: the passkey was
    made for another system. Without a relying party it belongs to the one at which it is used first.
    """
    rp_id = credential.rp_id or None
    return Factor(
        user=user,
        type=FactorType.WEBAUTHN,
        name=name or find_authenticator_name(credential.aaguid),
        lookup_hash=_lookup_hash(credential.credential_id, rp_id) if rp_id else None,
        counter=credential.sign_count,
        details={
            "credentialId": credential.credential_id,
            "publicKey": credential.public_key,
            "transports": list(credential.transports),
            "aaguid": credential.aaguid,
            "rpId": rp_id,
            "agent": agent[:_MAX_AGENT],
            **({"userHandle": user_handle} if user_handle else {}),
        },
        created_at=now(),
    )


def find_passkey(credential_id: str, rp_id: str) -> Factor | None:
    """Return the passkey of the tenant with this id at a relying party, whoever's it is. One statement."""
    return find(Factor, "r.lookup_hash = %s", _lookup_hash(credential_id, rp_id))


def list_passkeys(user: User, *, rp_id: str | None = None) -> list[Factor]:
    """Return the user's passkeys, oldest first; with `rp_id` those that may be used at that host name. One statement.

    A passkey of another system that has not said where it belongs may be used anywhere, once: then it is known.
    """
    passkeys = Factor.objects.filter(user=user, type=FactorType.WEBAUTHN).order_by("created_at", "id")
    return [passkey for passkey in passkeys if rp_id in (None, passkey.details.get("rpId") or rp_id)]


def descriptors_of(passkeys: Iterable[Factor]) -> list[CredentialDescriptor]:
    """Return passkeys as browsers are told of them."""
    return [
        CredentialDescriptor(passkey.details["credentialId"], passkey.details.get("transports") or ())
        for passkey in passkeys
    ]


def verify_passkey(factor: Factor, payload: Any, *, party: RelyingParty, challenge: bytes) -> Factor:
    """Take an answer to an authentication as proof of a passkey, and note its use.

    A signature counter that has not grown may mean a copy of the authenticator (section 6.1.1). It is recorded in the
    audit log and accepted: authenticators that synchronize their passkeys do not keep counters in step. Raises
    `session.mfa.webauthn_verification_failed`.
    """
    stored = factor.details
    is_of_factor = credential_id_of(payload) == stored["credentialId"]
    if not is_of_factor or user_handle_of(payload) not in (None, factor.user_id.encode(), _foreign_handle(stored)):
        raise AppError(_FAILED)
    if stored.get("rpId") not in (None, party.rp_id):
        raise AppError(_FAILED)
    count = verify_authentication(payload, party=party, challenge=challenge, public_key=stored["publicKey"])
    with transaction.atomic():
        if not refresh(factor, lock="FOR NO KEY UPDATE"):
            raise AppError(_FAILED)
        if count <= factor.counter and (count or factor.counter):
            _record_regression(factor, count)
        factor.counter, factor.last_used_at = max(factor.counter, count), now()
        factor.details = {**factor.details, "rpId": party.rp_id}
        factor.lookup_hash = _lookup_hash(factor.details["credentialId"], party.rp_id)
        save(factor, "counter", "last_used_at", "details", "lookup_hash")
    return factor


def _foreign_handle(details: dict[str, Any]) -> bytes | None:
    """What the authenticator calls the user of a passkey that another system has made."""
    handle: str = details.get("userHandle") or ""
    return base64.urlsafe_b64decode(handle + "=" * (-len(handle) % 4)) if handle else None


def _record_regression(factor: Factor, count: int) -> None:
    record(
        "User.PasskeyCounter.Regressed",
        actor=Actor.user(factor.user_id),
        subject=factor.user,
        factorIds=[factor.id],
        before={"counter": factor.counter},
        after={"counter": count},
    )


def _lookup_hash(credential_id: str, rp_id: str) -> str:
    return sha256_hex(f"{credential_id}\n{rp_id}")
