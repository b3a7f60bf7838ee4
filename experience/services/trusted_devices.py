"""Stub until the trusted devices land."""

from experience.trusted_devices import DeviceCookie
from identity.models import User


def may_trust_devices(user: User) -> bool:
    return False


def is_trusted(user: User, device: DeviceCookie | None) -> bool:
    return False


def accept_device(user: User, device: DeviceCookie) -> bool:
    return False


def trust_device(
    user: User, device: DeviceCookie, *, agent: str, country: str | None = None, city: str | None = None
) -> bool:
    return False
