"""The events that a webhook can be sent, and what each is about."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What an event tells of, which decides what its payload holds."""

    INTERACTION = "interaction"  # the end of a sign-in journey
    DATA = "data"  # a row that has come, changed or gone
    EXCEPTION = "exception"  # something that was refused


#: By the name of the event, in the order in which people read them.
EVENTS: Mapping[str, Kind] = {
    "PostRegister": Kind.INTERACTION,
    "PostSignIn": Kind.INTERACTION,
    "PostSignInAdaptiveMfaTriggered": Kind.INTERACTION,
    "PostResetPassword": Kind.INTERACTION,
    "User.Created": Kind.DATA,
    "User.Deleted": Kind.DATA,
    "User.Data.Updated": Kind.DATA,
    "User.SuspensionStatus.Updated": Kind.DATA,
    "TrustedDevice.Created": Kind.DATA,
    "TrustedDevice.Deleted": Kind.DATA,
    "Role.Created": Kind.DATA,
    "Role.Deleted": Kind.DATA,
    "Role.Data.Updated": Kind.DATA,
    "Role.Scopes.Updated": Kind.DATA,
    "Scope.Created": Kind.DATA,
    "Scope.Deleted": Kind.DATA,
    "Scope.Data.Updated": Kind.DATA,
    "Organization.Created": Kind.DATA,
    "Organization.Deleted": Kind.DATA,
    "Organization.Data.Updated": Kind.DATA,
    "Organization.Membership.Updated": Kind.DATA,
    "OrganizationRole.Created": Kind.DATA,
    "OrganizationRole.Deleted": Kind.DATA,
    "OrganizationRole.Data.Updated": Kind.DATA,
    "OrganizationRole.Scopes.Updated": Kind.DATA,
    "OrganizationScope.Created": Kind.DATA,
    "OrganizationScope.Deleted": Kind.DATA,
    "OrganizationScope.Data.Updated": Kind.DATA,
    "Identifier.Lockout": Kind.EXCEPTION,
    "Message.RateLimited": Kind.EXCEPTION,
    "Grant.LimitExceeded": Kind.EXCEPTION,
}
