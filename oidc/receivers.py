"""What this room does when something happens in another."""

from collections.abc import Mapping
from typing import Any

from events.bus import subscribe
from oidc.backchannel_logout.notification import notify_of_left_organization
from oidc.sessions.sessions import end_sessions_of_user


def _end_everything(payload: Mapping[str, Any]) -> None:
    end_sessions_of_user(payload["user_id"])


def _end_everything_if_suspended(payload: Mapping[str, Any]) -> None:
    if payload["user"]["isSuspended"]:
        end_sessions_of_user(payload["user_id"])


def _tell_of_left_organization(payload: Mapping[str, Any]) -> None:
    if user_ids := payload.get("removed_user_ids"):
        notify_of_left_organization(user_ids)


def connect() -> None:
    """Subscribe; called once, by the app's `ready`."""
    subscribe("User.Deleted", _end_everything)
    subscribe("User.SuspensionStatus.Updated", _end_everything_if_suspended)
    subscribe("Organization.Membership.Updated", _tell_of_left_organization)
