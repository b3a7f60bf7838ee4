"""The life of a tenant's signing keys: made, staged, promoted, retired.

A tenant has a key of each type, EC and RSA, for clients that verify one algorithm alone. Each type is rotated by
itself. One of them is the default: it signs access tokens, and whatever no algorithm was chosen for.
"""

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
from tenants.announcing import announce
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


def _seal_key(private: keys.PrivateKey, algorithm: str, *, is_default: bool) -> SigningKey:
    jwk = keys.public_jwk(private, algorithm)
    return SigningKey(
        id=jwk["kid"],
        algorithm=algorithm,
        key_type=keys.key_type_of(algorithm),
        is_default=is_default,
        sealed_private_key=seal(keys.to_pem(private), context=_SEAL_CONTEXT),
        public_jwk=jwk,
    )


def make_key(algorithm: str, *, is_default: bool = False) -> SigningKey:
    """Make a key of the current tenant, sealed and not stored yet. RSA takes half a second or more."""
    return _seal_key(keys.generate_key(algorithm), algorithm, is_default=is_default)


def add_first_keys() -> None:
    """Give a new tenant its keys, one of each type; EC is the default."""
    for algorithm in keys.FIRST_ALGORITHMS:
        is_default = algorithm == keys.DEFAULT_ALGORITHM
        private = keys.generate_first_key(algorithm)
        add_key(_seal_key(private, algorithm, is_default=is_default), status=SigningKey.Status.CURRENT)


def add_key(key: SigningKey, *, status: SigningKey.Status, promote_at: datetime | None = None) -> SigningKey:
    """Store a key."""
    key.status, key.promote_at = status, promote_at
    key.save(force_insert=True)
    return key


def list_keys() -> list[SigningKey]:
    """Return the tenant's keys in published order: of the default type, then of the other; Current, Next, Previous."""
    found = list(SigningKey.objects.all())
    default = _default_type(found)
    return sorted(
        found, key=lambda key: (key.key_type != default, _PUBLISHED_ORDER.index(SigningKey.Status(key.status)))
    )


def _default_type(found: list[SigningKey]) -> str:
    return next(key.key_type for key in found if key.is_default and key.status == SigningKey.Status.CURRENT)


def published_jwks() -> list[dict[str, Any]]:
    """Return the public JWKs in published order; cached with the tenant's configuration."""
    return cached("jwks", "", lambda: [_in_order(key.public_jwk) for key in list_keys()])


def _in_order(jwk: dict[str, Any]) -> dict[str, Any]:
    """The members as people read them; the database keeps no order."""
    return {name: jwk[name] for name in keys.JWK_MEMBERS if name in jwk}


def current_signer(algorithm: str = "") -> Signer:
    """Return the signing key in use, cached with the tenant's configuration.

    The default one, or the one of the type that signs in `algorithm`.
    """

    def load() -> Signer:
        wanted = {"key_type": keys.key_type_of(algorithm)} if algorithm else {"is_default": True}
        key = SigningKey.objects.get(status=SigningKey.Status.CURRENT, **wanted)
        pem = unseal(key.sealed_private_key, context=_SEAL_CONTEXT)
        return Signer(key.id, key.algorithm, keys.from_pem(pem))

    return cached("signer", algorithm, load)


def _lock_keys() -> list[SigningKey]:
    """Return the keys, for one writer at a time.

    The tenant's row is the lock: locking the keys themselves would not show one that another writer has just added.
    """
    Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
    return list(SigningKey.objects.all())


def _by_status(found: list[SigningKey], key_type: str) -> dict[str, SigningKey]:
    return {key.status: key for key in found if key.key_type == key_type}


def rotate_key(
    *, algorithm: str | None = None, grace_period: int | None = None, make_default: bool = True, actor: Actor
) -> list[SigningKey]:
    """Replace the signing key of an algorithm's type and return all keys in published order.

    Without `algorithm` it is the default key that is replaced, by one for the same. With one of the other type, that
    type becomes the default when the new key begins to sign, unless `make_default` is off.
    `grace_period` is in seconds, `None` is the installation's: the new key is published as Next and promoted when due,
    so that relying parties have read it before it signs. With 0 it is Current at once: once every process publishes
    it, so that nobody meets a key that is not in the set just read. Raises `oidc.invalid_request` (422) while another
    Next key of the type waits.
    """
    grace = settings.PRIVATE_KEY_ROTATION_GRACE_PERIOD if grace_period is None else grace_period
    algorithm = algorithm or current_signer().algorithm
    key_type = keys.key_type_of(algorithm)
    _refuse_while_staged(_by_status(list_keys(), key_type))
    key = make_key(algorithm)
    with transaction.atomic():
        held = _lock_keys()
        _refuse_while_staged(_by_status(held, key_type))
        key.is_default = make_default or _default_type(held) == key_type
        add_key(key, status=SigningKey.Status.NEXT, promote_at=now() + timedelta(seconds=grace))
        announce("SigningKey.Created", actor=actor, kind="SigningKey", id=key.id, after={"algorithm": algorithm})
    if grace == 0:
        settle()
        promote_due_key()
    return list_keys()


def _refuse_while_staged(held: Container[str]) -> None:
    if SigningKey.Status.NEXT in held:
        raise AppError("oidc.invalid_request", status=422)


def list_tenants_with_due_keys() -> list[str]:
    """Return the tenants whose Next key's time has come. One statement, whatever the number of tenants."""
    with all_tenants_scope():
        due = SigningKey.all_tenants.filter(status=SigningKey.Status.NEXT, promote_at__lte=now())
        ordered = due.order_by("promote_at").values_list("tenant_id", flat=True)
        return list(dict.fromkeys(ordered))


@transaction.atomic
def promote_due_key() -> bool:
    """Make due Next keys Current, at most one of each type; returns whether there was one."""
    promoted = [_promote_due_key_of(key_type) for key_type in keys.KEY_TYPES]
    return any(promoted)


def _promote_due_key_of(key_type: str) -> bool:
    found = _lock_keys()
    held = _by_status(found, key_type)
    staged = held.get(SigningKey.Status.NEXT)
    if staged is None or staged.promote_at is None or staged.promote_at > now():
        return False
    if previous := held.get(SigningKey.Status.PREVIOUS):
        previous.delete()
    current = held[SigningKey.Status.CURRENT]
    # The default moved to the other type while this key waited, or it stays with the type.
    is_default = staged.is_default or current.is_default
    if is_default:
        SigningKey.objects.filter(status=SigningKey.Status.CURRENT).update(is_default=False)
    current.status, current.is_default = SigningKey.Status.PREVIOUS, False
    current.save(update_fields=["status", "is_default"])
    staged.status, staged.promote_at, staged.is_default = SigningKey.Status.CURRENT, None, is_default
    staged.save(update_fields=["status", "promote_at", "is_default"])
    return True


@transaction.atomic
def delete_key(key_id: str, *, actor: Actor) -> None:
    """Delete a Previous key.

    Raises `oidc.key_required`, `oidc.key_not_found`, `oidc.only_previous_key_can_be_deleted`.
    """
    found = _lock_keys()
    key = next((key for key in found if key.id == key_id), None)
    if key is None:
        raise AppError("oidc.key_not_found")
    if len(_by_status(found, key.key_type)) < 2:
        raise AppError("oidc.key_required")
    if key.status != SigningKey.Status.PREVIOUS:
        raise AppError("oidc.only_previous_key_can_be_deleted")
    announce("SigningKey.Deleted", actor=actor, kind="SigningKey", id=key.id)
    key.delete()
