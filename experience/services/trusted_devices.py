"""Trusted devices at sign-in: whether this browser stands in for the second factor, and how it comes to do so."""

from experience.services.settings import get_sign_in_experience
from experience.trusted_devices import DeviceCookie
from identity.models import User
from identity.services.trusted_devices import create_trusted_device, find_trusted_device, use_trusted_device
from organizations.selectors import allows_trusted_devices


def may_trust_devices(user: User) -> bool:
    """Whether the tenant and every organization of the user admit trusted devices. 1 statement; none if it is off."""
    return get_sign_in_experience().trusted_device.enabled and allows_trusted_devices(user.id)


def is_trusted(user: User, device: DeviceCookie | None) -> bool:
    """Whether the browser stands in for the user's second factor. 2 statements, none without a cookie.

    Not for who is asked for a second factor by a request (`demanded_assurance`): a memory of a proof is no proof.
    """
    token = device.read(user.id) if device else None
    if token is None or not may_trust_devices(user):
        return False
    return find_trusted_device(user, token, days=get_sign_in_experience().trusted_device.days) is not None


def accept_device(user: User, device: DeviceCookie) -> bool:
    """Let the browser stand in for the user's second factor, and note it; false if it does not any more.

    Records `TrustedDevice.Used`. Belongs into the transaction that signs the user in.
    """
    days = get_sign_in_experience().trusted_device.days
    return may_trust_devices(user) and use_trusted_device(user, device.read(user.id), days=days) is not None


def trust_device(
    user: User, device: DeviceCookie, *, agent: str, country: str | None = None, city: str | None = None
) -> bool:
    """Trust the browser from now on, as its user wished; false, and nothing done, if that is not admitted (any more).

    Only after a second factor was proved in this very sign-in, and not by a backup code: whoever uses one has lost what
    they otherwise have. The trust it had before ends. Publishes `TrustedDevice.Created`.
    """
    if not may_trust_devices(user):
        return False
    days = get_sign_in_experience().trusted_device.days
    created = create_trusted_device(
        user, days=days, agent=agent, country=country, city=city, replacing=device.read(user.id)
    )
    device.remember(user.id, created.token, days=days)
    return True
