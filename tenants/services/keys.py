"""The life of a tenant's signing keys: made, staged, promoted, retired."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.crypto import seal, unseal
from common.errors import AppError
from tenants import keys
from tenants.configuration import cached, settle
from tenants.context import all_tenants_scope, current_tenant_id
from tenants.models import SigningKey, Tenant

_SEAL_CONTEXT = "signing-key"
_PUBLISHED_ORDER = (SigningKey.Status.CURRENT, SigningKey.Status.NEXT, SigningKey.Status.PREVIOUS)


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs now, held open: `key` goes straight to PyJWT."""

    kid: str
    algorithm: str
    key: keys.PrivateKey


def make_key(algorithm: str = keys.DEFAULT_ALGORITHM) -> SigningKey:
    """Make a key of the current tenant, sealed and not stored yet. RSA takes a second or more."""
    private = keys.generate_key(algorithm)
    jwk = keys.public_jwk(private, algorithm)
    return SigningKey(
        id=jwk["kid"],
        algorithm=algorithm,
        sealed_private_key=seal(keys.to_pem(private), context=_SEAL_CONTEXT),
        public_jwk=jwk,
    )


def add_key(key: SigningKey, *, status: SigningKey.Status, promote_at: datetime | None = None) -> SigningKey:
    """Store a key."""
    key.status, key.promote_at = status, promote_at
    key.save(force_insert=True)
    return key


def list_keys() -> list[SigningKey]:
    """Return the tenant's keys in published order: Current, Next, Previous."""
    found = {key.status: key for key in SigningKey.objects.all()}
    return [found[status] for status in _PUBLISHED_ORDER if status in found]


def published_jwks() -> list[dict[str, Any]]:
    """Return the public JWKs in published order; cached with the tenant's configuration."""
    return cached("jwks", "", lambda: [_in_order(key.public_jwk) for key in list_keys()])


def _in_order(jwk: dict[str, Any]) -> dict[str, Any]:
    """The members as people read them; the database keeps no order."""
    return {name: jwk[name] for name in keys.JWK_MEMBERS if name in jwk}


def current_signer() -> Signer:
    """Return the signing key in use; cached with the tenant's configuration."""

    def load() -> Signer:
        key = SigningKey.objects.get(status=SigningKey.Status.CURRENT)
        pem = unseal(key.sealed_private_key, context=_SEAL_CONTEXT)
        return Signer(key.id, key.algorithm, keys.from_pem(pem))

    return cached("signer", "", load)


def _lock_keys() -> dict[str, SigningKey]:
    """Return the keys by status, for one writer at a time.

    The tenant's row is the lock: locking the keys themselves would not show one that another writer has just added.
    """
    Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
    return {key.status: key for key in SigningKey.objects.all()}


def rotate_key(*, algorithm: str | None = None, grace_period: int | None = None, actor: Actor) -> list[SigningKey]:
    """Replace the signing key and return all keys in published order.

    `grace_period` is in seconds, `None` is the installation's: the new key is published as Next and promoted when due,
    so that relying parties have read it before it signs. With 0 it is Current at once: once every process publishes
    it, so that nobody meets a key that is not in the set just read. Raises `oidc.invalid_request` (422) while another
    Next key waits.
    """
    grace = settings.PRIVATE_KEY_ROTATION_GRACE_PERIOD if grace_period is None else grace_period
    _refuse_while_staged({key.status for key in list_keys()})
    key = make_key(algorithm or current_signer().algorithm)
    with transaction.atomic():
        _refuse_while_staged(_lock_keys())
        add_key(key, status=SigningKey.Status.NEXT, promote_at=now() + timedelta(seconds=grace))
    if grace == 0:
        settle()
        promote_due_key()
    return list_keys()


def _refuse_while_staged(held: Container[str]) -> None:
    if SigningKey.Status.NEXT in held:
        raise AppError("oidc.invalid_request", status=422)


def _retire_current(held: dict[str, SigningKey]) -> None:
    if previous := held.get(SigningKey.Status.PREVIOUS):
        previous.delete()
    current = held[SigningKey.Status.CURRENT]
    current.status = SigningKey.Status.PREVIOUS
    current.save(update_fields=["status"])


def list_tenants_with_due_keys() -> list[str]:
    """Return the tenants whose Next key's time has come. One statement, whatever the number of tenants."""
    with all_tenants_scope():
        due = SigningKey.all_tenants.filter(status=SigningKey.Status.NEXT, promote_at__lte=now())
        return list(due.order_by("promote_at").values_list("tenant_id", flat=True))


@transaction.atomic
def promote_due_key() -> bool:
    """Make a due Next key Current; returns whether there was one."""
    held = _lock_keys()
    staged = held.get(SigningKey.Status.NEXT)
    if staged is None or staged.promote_at is None or staged.promote_at > now():
        return False
    _retire_current(held)
    staged.status, staged.promote_at = SigningKey.Status.CURRENT, None
    staged.save(update_fields=["status", "promote_at"])
    return True


@transaction.atomic
def delete_key(key_id: str, *, actor: Actor) -> None:
    """Delete the Previous key.

    Raises `oidc.key_required`, `oidc.key_not_found`, `oidc.only_previous_key_can_be_deleted`.
    """
    held = {key.id: key for key in _lock_keys().values()}
    if len(held) < 2 and key_id in held:
        raise AppError("oidc.key_required")
    key = held.get(key_id)
    if key is None:
        raise AppError("oidc.key_not_found")
    if key.status != SigningKey.Status.PREVIOUS:
        raise AppError("oidc.only_previous_key_can_be_deleted")
    key.delete()
