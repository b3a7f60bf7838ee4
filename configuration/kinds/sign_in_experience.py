"""The sign-in experience: methods, policies, MFA, branding and the rest of what `/api/sign-in-exp` has."""

from dataclasses import replace
from typing import Any

from common.shapes import Members
from configuration.coverage import SIGN_IN_EXPERIENCE_LEFT_OUT
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import closed
from experience.models import SignInExperience as Row
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from experience.settings_shape import SIGN_IN_EXPERIENCE
from experience.sign_in_settings import FIELDS

# Since when passwords expire is noted when they begin to.
_NOTED = ("passwordExpiration", "enabledAt")


def _shape() -> Members:
    shape: Members = closed(SIGN_IN_EXPERIENCE)
    members = {name: member for name, member in shape.members.items() if name not in SIGN_IN_EXPERIENCE_LEFT_OUT}
    expiration = members[_NOTED[0]]
    if isinstance(expiration, Members):
        kept = {name: member for name, member in expiration.members.items() if name != _NOTED[1]}
        members[_NOTED[0]] = replace(expiration, members=kept)
    return replace(shape, members=members)


class SignInExperience(NoSecrets):
    """A tenant always has one. What the file does not name stays; each object that it names is replaced whole."""

    section = "signInExperience"
    shape = _shape()
    options = Options(is_single=True)
    covers = (Row,)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        wire = get_sign_in_experience().wire
        form: dict[str, Any] = {name: wire[name] for name in FIELDS if name not in SIGN_IN_EXPERIENCE_LEFT_OUT}
        member, noted = _NOTED
        form[member] = {name: value for name, value in form[member].items() if name != noted}
        return [Item(self.section, form, self.section, protected=True)]

    def create(self, form: Form, change: Change) -> None:
        update_sign_in_experience(form, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        update_sign_in_experience({name: form[name] for name in names}, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        """It is protected."""
