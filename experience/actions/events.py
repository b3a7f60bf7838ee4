"""What an Action is told."""

from typing import Any

from experience.actions.configuration import ActionType
from experience.models import Interaction
from experience.records import Identifier, RecordType
from identity.models import User
from identity.selectors import user_info

_USER = ("id", "username", "primaryEmail", "primaryPhone", "name", "avatar", "customData", "profile")


def first_factor_event(identifier: Identifier, user: User | None, password: str) -> dict[str, Any]:
    """Return the event of a password that is not the account's, or of an account that does not exist."""
    info = None if user is None else user_info(user)
    return {
        "key": ActionType.POST_FIRST_FACTOR.value,
        "interactionEvent": Interaction.Event.SIGN_IN.value,
        "verificationType": RecordType.PASSWORD.value,
        "identifier": identifier.as_wire(),
        "user": None if info is None else {name: info[name] for name in _USER},
        "password": password,
    }


def sign_in_event(user_context: dict[str, Any] | None) -> dict[str, Any]:
    """Return the event of a sign-in that is about to be finished; the user is described as custom claims have it."""
    return {
        "key": ActionType.POST_SIGN_IN.value,
        "interactionEvent": Interaction.Event.SIGN_IN.value,
        "user": user_context,
    }
