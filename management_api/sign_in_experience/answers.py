"""Answers about the sign-in experience."""

from typing import NotRequired, TypedDict

from common.rest.operations import With
from experience.settings_shape import SIGN_IN_EXPERIENCE
from management_api.answers import JsonObject, Milliseconds


class PasswordExpiration(TypedDict):
    """After how many days a password has to be renewed; `enabledAt` is when that was switched on."""

    enabled: NotRequired[bool]
    validPeriodDays: NotRequired[int]
    reminderDays: NotRequired[int]
    enabledAt: NotRequired[Milliseconds]


class SignInExperience(TypedDict):
    """The settings of the tenant's sign-in experience."""

    tenantId: str
    id: str
    passwordExpiration: PasswordExpiration


class CustomUi(TypedDict):
    """Sign-in pages that were uploaded."""

    customUiAssetId: str


class PasswordCheck(TypedDict):
    """Whether the policy takes a password, and if not, why: then the status is 400."""

    result: bool
    issues: NotRequired[list[JsonObject]]


class UsernameConflict(TypedDict):
    """A username in lower case, and who has it in one spelling or another."""

    usernameLower: str
    userIds: list[str]


class UsernameConflicts(TypedDict):
    """How many names clash, and the first of them."""

    totalConflicts: int
    samples: list[UsernameConflict]


EXPERIENCE = With(SIGN_IN_EXPERIENCE, SignInExperience)
