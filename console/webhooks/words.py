"""Events of webhooks in plain words, in the groups in which they are chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Group:
    """Events about one thing, by their names."""

    title: Words
    events: Mapping[str, Words]


#: By the name of the group's field in the form.
GROUPS: Mapping[str, Group] = {
    "journeys": Group(
        _("Sign-in"),
        {
            "PostRegister": _("Somebody has signed up"),
            "PostSignIn": _("Somebody has signed in"),
            "PostResetPassword": _("Somebody has reset their password"),
            "PostSignInAdaptiveMfaTriggered": _("An unusual sign-in was asked for a second factor"),
        },
    ),
    "users": Group(
        _("Users"),
        {
            "User.Created": _("Created"),
            "User.Data.Updated": _("Changed"),
            "User.SuspensionStatus.Updated": _("Suspended, or let in again"),
            "User.Deleted": _("Deleted"),
            "TrustedDevice.Created": _("A device is trusted"),
            "TrustedDevice.Deleted": _("A device is no longer trusted"),
        },
    ),
    "organizations": Group(
        _("Organizations"),
        {
            "Organization.Created": _("Created"),
            "Organization.Data.Updated": _("Changed"),
            "Organization.Deleted": _("Deleted"),
            "Organization.Membership.Updated": _("Members or applications have come or gone"),
        },
    ),
    "roles": Group(
        _("Roles"),
        {
            "Role.Created": _("Created"),
            "Role.Data.Updated": _("Changed"),
            "Role.Deleted": _("Deleted"),
            "Role.Scopes.Updated": _("Permissions changed"),
        },
    ),
    "permissions": Group(
        _("API permissions"),
        {
            "Scope.Created": _("Created"),
            "Scope.Data.Updated": _("Changed"),
            "Scope.Deleted": _("Deleted"),
        },
    ),
    "organization_roles": Group(
        _("Organization roles"),
        {
            "OrganizationRole.Created": _("Created"),
            "OrganizationRole.Data.Updated": _("Changed"),
            "OrganizationRole.Deleted": _("Deleted"),
            "OrganizationRole.Scopes.Updated": _("Permissions changed"),
        },
    ),
    "organization_permissions": Group(
        _("Organization permissions"),
        {
            "OrganizationScope.Created": _("Created"),
            "OrganizationScope.Data.Updated": _("Changed"),
            "OrganizationScope.Deleted": _("Deleted"),
        },
    ),
    "security": Group(
        _("Security"),
        {
            "Identifier.Lockout": _("An identifier was locked after too many wrong attempts"),
            "Message.RateLimited": _("A message was not sent: too many"),
            "Grant.LimitExceeded": _("A user has reached the limit of devices of an application"),
        },
    ),
}

#: Of a delivery: its words and the color of its label.
STATES: Mapping[str, tuple[Words, str]] = {
    "pending": (_("Waiting"), "info"),
    "delivered": (_("Delivered"), "good"),
    "failed": (_("Failed"), "danger"),
}
PAUSE_REASONS: Mapping[str, Words] = {
    "unreachable": _("Nothing has reached the endpoint for a day, so nothing is sent at present. Events wait."),
    "gone": _("The endpoint answered that it is gone (410), so nothing is sent at present. Events wait."),
}
