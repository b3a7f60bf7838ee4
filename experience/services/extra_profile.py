"""What else a user tells of themselves on the way: staged in the interaction, written with the account."""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from experience.models import Interaction
from experience.profile_fields.answers import (
    find_held_answers,
    place_answers,
    read_answers,
)
from experience.profile_fields.catalog import list_sign_up_fields
from experience.profile_fields.field import ProfileField
from experience.services.profile import assert_profile_open
from experience.services.settings import get_sign_in_experience
from experience.services.steps import step


def list_asked_fields() -> tuple[ProfileField, ...]:
    """Return what signing up asks for besides identifiers."""
    return list_sign_up_fields(get_sign_in_experience().wire["signUpProfileFields"])


def stage_extra_profile(interaction: Interaction, values: Mapping[str, Any]) -> None:
    """Stage what the user has filled in, by the names of the fields that signing up asks for.

    What an account has already is not replaced. Raises the codes of `read_answers`, of `assert_profile_open`, and
    `custom_profile_fields.exists_in_profile`.
    """
    with step(interaction, "Profile.Update", type="extraProfile"):
        user = assert_profile_open(interaction)
        answers = read_answers(list_asked_fields(), values)
        held = find_held_answers(user, {})
        for key, value in answers.items():
            if value is not None and key in held and not _adds_to(held[key], value):
                raise AppError("custom_profile_fields.exists_in_profile", data={"name": key}, params={"name": key})
        interaction.profile = place_answers(answers, interaction.profile, user)


def _adds_to(held: Any, value: Any) -> bool:
    """Whether a value leaves the one that is held as it is: it is the same, or further parts of an address."""
    if isinstance(held, dict) and isinstance(value, dict):
        return all(part is None or held.get(name, part) == part for name, part in value.items())
    return bool(held == value)
