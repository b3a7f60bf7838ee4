"""Mail to a user whose second factors or passkeys were changed: a change by somebody else must not go unseen."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from common.actors import Actor
from common.shapes import Flag, Members
from connectors.message_style import current_message_style
from connectors.messages import TemplateType
from connectors.selectors import has_connector
from connectors.services.messages import send_message
from identity.factor_types import FactorType
from identity.models import User
from tenants.services.settings import Setting, get_setting

SECURITY_NOTIFICATIONS_SETTING = Setting(
    key="securityNotifications", shape=Members({"enabled": Flag(default=True)}), default={"enabled": True}
)


class Change(StrEnum):
    """What happened to a factor."""

    ADDED = "Added"
    REPLACED = "Replaced"
    REMOVED = "Removed"


# Changes that wait for the end of `notified_once`, by user and actor.
_Waiting = dict[tuple[str, Actor], tuple[User, dict[FactorType, Change]]]
_waiting: ContextVar[_Waiting | None] = ContextVar("waiting_notifications", default=None)


@contextmanager
def notified_once() -> Iterator[None]:
    """Tell a user once, at the end of the block, of all that it does to their factors; of nothing if it raises."""
    waiting: _Waiting = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for (_user_id, actor), (user, changes) in waiting.items():
        notify_of_change(user, changes, actor=actor)


def notify_of_change(user: User, changes: Mapping[FactorType, Change], *, actor: Actor) -> None:
    """Tell the user by email, once the transaction has committed, what was done to which of their factors.

    Nothing is sent, and nothing fails, if the tenant has switched these messages off, if the account has no address or
    the tenant no connector. The message is in the language of whoever acts if that is the user, else in the one of the
    user's profile, else in the tenant's fallback language.
    """
    if (waiting := _waiting.get()) is not None:
        waiting.setdefault((user.id, actor), (user, {}))[1].update(changes)
        return
    is_on = SECURITY_NOTIFICATIONS_SETTING.shape.fill(get_setting(SECURITY_NOTIFICATIONS_SETTING))["enabled"]
    if not is_on or not user.primary_email or not has_connector("email"):
        return
    by_user = actor == Actor.user(user.id)
    send_message(
        channel="email",
        recipient=user.primary_email,
        template_type=TemplateType.SECURITY_NOTIFICATION,
        payload={
            "changes": [{"factor": factor.value, "change": change.value} for factor, change in changes.items()],
            "user": _reader(user),
        },
        locale=None if by_user else str(user.profile.get("locale") or current_message_style().fallback_language),
    )


def _reader(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name, "username": user.username, "primaryEmail": user.primary_email}
