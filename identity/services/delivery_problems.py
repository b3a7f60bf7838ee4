"""Addresses of users that messages do not reach: recorded at the user, and forgotten when they do again.

Codes are sent all the same: whoever asks for one may have mended the mailbox.
"""

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from connectors.factories import Channel
from connectors.services.delivery_problems import BOUNCED, COMPLAINED, clear_problem
from events.history import Event, record, subscribe
from identity.models import User
from identity.selectors import compared_addresses, find_user_by_identifier

REPORTED = "User.DeliveryProblem.Created"
CLEARED = "User.DeliveryProblem.Deleted"


@transaction.atomic
def clear_delivery_problem(user: User, *, channel: Channel, actor: Actor) -> None:
    """Say that messages reach the user's address again; raises `entity.not_found` if nothing was wrong with it."""
    address = compared_addresses(user).get(channel)
    if address is None or not clear_problem(channel, address):
        raise AppError("entity.not_found")
    record(CLEARED, actor=actor, subject=user, channel=channel, cause="admin")


def note_arrival(channel: Channel, recipient: str) -> None:
    """Forget what was wrong with a recipient, in its compared form: a code that was sent there was entered."""
    if clear_problem(channel, recipient):
        user = find_user_by_identifier(channel, recipient)
        if user is not None:
            record(CLEARED, subject=user, channel=channel, cause="code")


def forget_left_addresses(before: dict[Channel, str], user: User) -> None:
    """Forget what was wrong with addresses, in their compared form, that the user no longer has."""
    after = compared_addresses(user)
    for channel, address in before.items():
        if after.get(channel) != address:
            clear_problem(channel, address)


def _record_at_user(event: Event) -> None:
    channel: Channel = "email" if event.data["channel"] == "email" else "phone"
    user = find_user_by_identifier(channel, event.data["address"])
    if user is not None:
        kind, reason = event.data["kind"], event.details["reason"]
        record(REPORTED, subject=user, channel=channel, kind=kind, reason=reason)


def connect() -> None:
    """Subscribe; called once, by the app's `ready`."""
    subscribe(BOUNCED, _record_at_user)
    subscribe(COMPLAINED, _record_at_user)
