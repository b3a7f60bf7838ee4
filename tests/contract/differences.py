"""Where answers differ from the contract on purpose: operation, what differs, and why. One that is gone fails the test.

An operation is `METHOD path`, or a pattern for `fnmatch`; what differs is a pattern for a line of the test's findings.
"""

from typing import NamedTuple


class Difference(NamedTuple):
    """A deliberate difference."""

    operation: str
    finding: str
    reason: str


# Operations that no address answers, and why.
NOT_ROUTED: dict[str, str] = {}

_NO_PROXIES = "applications behind a network of proxies need one, which an installation has not"

DIFFERENCES: tuple[Difference, ...] = (
    Difference("GET /api/systems/application", "success: 501*", _NO_PROXIES),
    Difference(
        "* /api/applications/{id}/protected-app-metadata/*", "success: 400*protected_application_only*", _NO_PROXIES
    ),
    Difference("* /api/resources*", "shape: *accessTokenHeaderType*", "for resource servers that refuse `at+jwt`"),
    Difference("GET /api/roles/{id}/scopes", "shape: *accessTokenHeaderType*", "as in resources"),
    Difference("* /api/connectors*", "shape: *lastFailure*", "tells why messages or sign-ins fail, with the connector"),
    Difference("* /api/connectors*", "shape: *eventCallback*", "where a provider reports bounces"),
    Difference("* /api/saml-applications*", "shape: *.sloUrl*", "single logout, which the contract has not"),
    Difference(
        "* /api/saml-applications*", "shape: *.signingCertificate*", "verifies signed requests of the application"
    ),
    Difference("* /api/sign-in-exp", "shape: *.signInRestrictionPolicy*", "restricts sign-ins by network and country"),
    Difference("* /api/hooks*", "shape: *isOrdered*", "a hook may ask for its events in order"),
    Difference("* /api/hooks*", "shape: *pause*", "a hook that keeps failing is paused, and says why"),
    Difference(
        "* /api/hooks*", "shape: *previousKeyExpiresAt*", "the key before stays valid while receivers change over"
    ),
    Difference("* /api/hooks*", "body with a wrong createdAt: *", "told by the server: the member is not looked at"),
    Difference("* /api/connector*", "shape: *formItems[[]].selectItems[[]].title*", "what can be chosen has a name"),
    Difference("*", "body with a wrong tenantId: *", "the tenant is that of the host: the member is not looked at"),
    Difference(
        "DELETE /api/organizations/{id}/*/roles/{organizationRoleId}",
        "another tenant's: 422*require_membership*",
        "whoever is no member has no roles to lose; asked before the role is looked up",
    ),
)
