"""Trusted devices: browsers that stand in for a user's second factor until their trust expires or is taken back.

A token is `<id>.<secret>`; the browser keeps it, the row the digest of its secret. It proves nothing about who somebody
is: whoever holds it has still to prove the first factor. Trust ends with its time, with each change of what it rested
on (a password that is replaced, a factor that is removed), with a suspension, and when somebody takes it back.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from common.ids import new_token
from events.history import entries_written_together, record
from identity.identifier_keys import is_storable
from identity.models import TrustedDevice, User
from identity.selectors import TRUSTED_DEVICE_INFO, list_trusted_devices
from tenants.database import rows

# What a user may have at once. Whoever trusts another loses the one that was used longest ago.
MOST_DEVICES = 50
_LONGEST_TOKEN = 128
_LONGEST_AGENT = 512
_LONGEST_CITY = 128


class NewTrustedDevice(NamedTuple):
    """A trusted device with its token, which nobody can read again."""

    device: TrustedDevice
    token: str


@transaction.atomic
def create_trusted_device(
    user: User,
    *,
    days: int,
    agent: str,
    country: str | None = None,
    city: str | None = None,
    replacing: str | None = None,
) -> NewTrustedDevice:
    """Trust the browser in which a user has just proved a second factor, for `days`.

    `replacing` is the token that it has had, which is worth nothing from now on. Publishes `TrustedDevice.Created`, and
    `TrustedDevice.Deleted` for that one and for those beyond `MOST_DEVICES`. 3 statements, 1 more to replace.
    """
    replaced = find_trusted_device(user, replacing)
    secret, moment = new_token(), now()
    device = rows.insert(
        TrustedDevice(
            user=user,
            secret_sha256=sha256_hex(secret),
            user_agent=agent[:_LONGEST_AGENT] or None,
            country=country or None,
            city=city[:_LONGEST_CITY] if city else None,
            created_at=moment,
            last_used_at=moment,
            expires_at=moment + timedelta(days=days),
        )
    )
    with entries_written_together():
        _announce("TrustedDevice.Created", device, Actor.user(user.id))
        _delete([replaced] if replaced else [], Actor.user(user.id), reason="replaced")
        _delete(list_trusted_devices(user)[MOST_DEVICES:], Actor.user(user.id), reason="limit")
    return NewTrustedDevice(device, f"{device.id}.{secret}")


def find_trusted_device(user: User, token: str | None, *, days: int | None = None) -> TrustedDevice | None:
    """Return the user's device with this token, `None` if it is none of theirs or its trust has ended. 1 statement.

    With `days`, those that devices are trusted for now, one that is older counts as over, whatever was so at first.
    """
    if not token or len(token) > _LONGEST_TOKEN or not is_storable(token):
        return None
    device_id, _, secret = token.partition(".")
    condition = "r.id = %s AND r.user_id = %s AND r.secret_sha256 = %s AND r.expires_at > %s"
    found = rows.find(TrustedDevice, condition, device_id, user.id, sha256_hex(secret), now())
    is_over = found is not None and days is not None and found.created_at + timedelta(days=days) <= now()
    return None if is_over else found


@transaction.atomic
def use_trusted_device(user: User, token: str | None, *, days: int | None = None) -> TrustedDevice | None:
    """Let a device stand in for the user's second factor and note that it did; `None` as `find_trusted_device` has it.

    Records `TrustedDevice.Used`. 3 statements.
    """
    device = find_trusted_device(user, token, days=days)
    if device is None:
        return None
    device.last_used_at = now()
    if not rows.save(device, "last_used_at"):
        return None
    record("TrustedDevice.Used", actor=Actor.user(user.id), subject=device, user_id=user.id)
    return device


@transaction.atomic
def delete_trusted_device(user: User, *, device_id: str, actor: Actor) -> None:
    """Take back the trust in one device of a user. Publishes `TrustedDevice.Deleted`; raises `entity.not_found`."""
    device = list_trusted_devices(user).filter(id=device_id).first() if is_storable(device_id) else None
    if device is None:
        raise AppError("entity.not_found")
    _delete([device], actor)


@transaction.atomic
def delete_trusted_devices(user: User, *, actor: Actor, reason: str | None = None) -> None:
    """Take back the trust in every device of a user. Publishes `TrustedDevice.Deleted` for each.

    `reason` says what ended the trust if nobody asked for that: `password`, `factor` or `suspension`. 3 statements; 1
    if there are none.
    """
    with entries_written_together():
        _delete(TrustedDevice.objects.filter(user=user), actor, reason=reason)


def _delete(devices: Iterable[TrustedDevice], actor: Actor, *, reason: str | None = None) -> None:
    ended = list(devices)
    for device in ended:
        _announce("TrustedDevice.Deleted", device, actor, **({"reason": reason} if reason else {}))
    if ended:
        TrustedDevice.objects.filter(id__in=[device.id for device in ended]).delete()


def _announce(event: str, device: TrustedDevice, actor: Actor, **details: Any) -> None:
    record(
        event,
        actor=actor,
        subject=device,
        user_id=device.user_id,
        data={"trustedDevice": TRUSTED_DEVICE_INFO.of(device)},
        **details,
    )
