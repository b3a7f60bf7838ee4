"""What this room does when something happens in another."""

from events.history import Event, subscribe
from oidc.authorization.pending import withdraw_sign_ins
from oidc.backchannel_logout.notification import notify_of_left_organization
from oidc.sessions.sessions import end_sessions_of_user


def _end_everything(event: Event) -> None:
    if event.subject is not None:
        end_sessions_of_user(event.subject.id)


def _end_everything_if_suspended(event: Event) -> None:
    if event.after["isSuspended"]:
        _end_everything(event)


def _withdraw_sign_ins(event: Event) -> None:
    """Nobody is let in by a password that was replaced, or a factor that was removed, since they proved it."""
    is_replaced = "password" in event.details.get("changed", ()) or event.removed.get("factors")
    if is_replaced and event.subject is not None:
        withdraw_sign_ins(event.subject.id)


def _tell_of_left_organization(event: Event) -> None:
    if user_ids := event.removed.get("userIds"):
        notify_of_left_organization(user_ids)


def connect() -> None:
    """Subscribe; called once, by the app's `ready`."""
    subscribe("User.Deleted", _end_everything)
    subscribe("User.SuspensionStatus.Updated", _end_everything_if_suspended)
    subscribe("User.Data.Updated", _withdraw_sign_ins)
    subscribe("Organization.Membership.Updated", _tell_of_left_organization)
