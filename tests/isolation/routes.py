"""The routes of the URL configuration, and the ids that fill their parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from access.models import Resource, Role, Scope
from applications.models import Application, ApplicationSecret, InitialAccessToken
from connectors.models import Connector, EmailTemplate, SsoConnector, SsoSigningKey
from events.models import AuditLog, Delivery, Hook, LogStream
from experience.models import CustomProfileField
from identity.models import (
    Factor,
    FederatedTokenSet,
    OneTimeToken,
    PersonalAccessToken,
    SsoIdentity,
    TrustedDevice,
    User,
    UserImport,
)
from management_api.views import ApiView, PublicView
from oidc.models import Grant, Session
from organizations.models import (
    JitEmailDomain,
    Organization,
    OrganizationInvitation,
    OrganizationRole,
    OrganizationScope,
)
from saml.models import SamlApplicationSecret
from tenants.models import Domain, SigningKey
from tests.isolation.rows import Rows

METHODS = ("get", "post", "put", "patch", "delete")

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>")


def id_of(model: type[models.Model]) -> Callable[[Rows], str]:
    """The id of the tenant's row of the model."""
    return lambda rows: str(rows.of(model).pk)


def attribute_of(model: type[models.Model], name: str) -> Callable[[Rows], str]:
    """Another value by which the tenant's row of the model is addressed."""
    return lambda rows: str(getattr(rows.of(model), name))


def constant(value: str) -> Callable[[Rows], str]:
    """A word of the contract, the same for every tenant."""
    return lambda rows: value


# What the parameter after a path segment identifies: by the segment alone, or by the route's first segment and it.
PARAMETERS: dict[str, Callable[[Rows], str]] = {
    "applications": id_of(Application),
    "applications <str:scope_type>": id_of(Scope),
    "cimd <str:scope_type>": id_of(Scope),
    "configs <str:key_type>": id_of(SigningKey),
    "configs oidc": constant("private-keys"),
    "connectors": id_of(Connector),
    "consent-organizations": id_of(Organization),
    "custom-profile-fields": attribute_of(CustomProfileField, "name"),
    "deliveries": attribute_of(Delivery, "message_id"),
    "delivery-problems": constant("email"),
    "custom-domains": constant("login.example.com"),
    "domains": id_of(Domain),
    "email-domains": attribute_of(JitEmailDomain, "email_domain"),
    "email-templates": id_of(EmailTemplate),
    "grants": id_of(Grant),
    "hooks": id_of(Hook),
    "identities": constant("github"),
    "initial-access-tokens": id_of(InitialAccessToken),
    "log-streams": id_of(LogStream),
    "logs": id_of(AuditLog),
    "mfa-verifications": id_of(Factor),
    "one-time-tokens": id_of(OneTimeToken),
    "organization-invitations": id_of(OrganizationInvitation),
    "organization-roles": id_of(OrganizationRole),
    "organization-roles scopes": id_of(OrganizationScope),
    "organization-scopes": id_of(OrganizationScope),
    "organizations": id_of(Organization),
    "organizations roles": id_of(OrganizationRole),
    "personal-access-tokens": attribute_of(PersonalAccessToken, "name"),
    "resource-scopes": id_of(Scope),
    "resources": id_of(Resource),
    "roles": id_of(Role),
    "scopes": id_of(Scope),
    "saml-applications": id_of(Application),
    "saml-applications secrets": id_of(SamlApplicationSecret),
    "secrets": attribute_of(ApplicationSecret, "name"),
    "secrets secrets": id_of(FederatedTokenSet),
    "sessions": id_of(Session),
    "sso-identities": attribute_of(SsoIdentity, "connector_id"),
    "signing-keys": id_of(SsoSigningKey),
    "sso-connectors": id_of(SsoConnector),
    "trusted-devices": id_of(TrustedDevice),
    "user-consent-scopes": constant("resource-scopes"),
    "user-imports": id_of(UserImport),
    "users": id_of(User),
}

# Routes of the Management API whose parameters name nothing that a tenant owns: why.
NAMES_NOTHING_OWNED: dict[str, str] = {
    "configs/jwt-customizer/<str:token_type_path>": "a kind of tokens",
    "configs/actions/<str:action_type>": "a moment of a sign-in",
    "configs/oidc/<str:key_type>": "a kind of keys",
    "configs/oidc/<str:key_type>/rotate": "a kind of keys",
    "connector-factories/<str:id>": "kinds of connectors, part of the installation",
    "custom-phrases/<str:language_tag>": "languages; see test_only_the_tenants_own_are_there",
    "connectors/<str:factory_id>/test": "kinds of connectors, part of the installation",
}

# Routes outside of the Management API whose parameters name nothing that a tenant owns: why.
OUTSIDE: dict[str, str] = {
    "console/": "spans tenants by design; guarded by the developer's membership of the tenant",
    "api/experience/verification/": "a connector of the journey's tenant; see test_unknown_connectors",
    "api/authn/": "where identity providers post; see test_another_tenants_connector_is_not_there",
    "api/connectors/": "where a provider reports; see test_another_tenants_report",
    "api/.well-known/endpoints/": "where a tenant would be, by the form of its id; nothing is looked up",
    "callback/": "a connector of the journey; see test_another_tenants_connector_is_unknown",
    "social/": "a connector of the journey; see test_another_tenants_connector_is_unknown",
    "continue/": "the name of a step",
    "mfa-binding/": "the name of a factor",
    "mfa-verification/": "the name of a factor",
    "enterprise-sso/": "metadata of a connector; see test_neither_has_one_of_another_protocol_or_tenant",
    "<path:path>": "see tests/experience/own_pages/test_serving.py, test_one_tenants_pages_are_no_other_tenants",
    "files/": "see tests/tenants/files/test_serving.py, test_another_tenants_file_is_not_there",
    "development/mailbox/": "a development aid, off in production",
    "direct/": "the name of a connector's target",
    "^(?P<flow>": "the name of a flow",
    "api/saml/": "see tests/saml/test_hostile_requests.py, test_tenants_are_apart",
    "api/saml-applications/": "see tests/saml/test_hostile_requests.py, test_tenants_are_apart",
    "oidc/auth/": "see test_another_tenants_pending_request_is_unknown",
    "oidc/register/": "a client's own registration; see test_a_registration_is_found_in_its_own_tenant_alone",
    "oidc/device/": "the same request on its way back to a device's page",
}


@dataclass(frozen=True)
class Route:
    """One address and what answers it."""

    path: str
    view: Any

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters, in order."""
        return _PARAMETER.findall(self.path) or _GROUP.findall(self.path)

    @property
    def is_management(self) -> bool:
        """Whether a token for the Management API is asked for."""
        return isinstance(self.view, type) and issubclass(self.view, ApiView) and not issubclass(self.view, PublicView)

    @property
    def methods(self) -> list[str]:
        """The methods that the view answers."""
        return [method for method in METHODS if hasattr(self.view, method)]

    def sources(self) -> list[Callable[[Rows], str]]:
        """Return what identifies each parameter; fails for one that nobody has named yet."""
        segments = self.path.removeprefix("api/").split("/")
        found = []
        for before, segment in zip(segments, segments[1:], strict=False):
            if _PARAMETER.fullmatch(segment):
                source = PARAMETERS.get(f"{segments[0]} {before}") or PARAMETERS.get(before)
                assert source is not None, (
                    f"{self.path}: say in PARAMETERS of tests/isolation/routes.py what follows {before!r}, or in"
                    " NAMES_NOTHING_OWNED why no tenant owns it"
                )
                found.append(source)
        return found

    def address(self, values: list[str]) -> str:
        """Return the path with its parameters filled."""
        remaining = iter(values)
        return "/" + _PARAMETER.sub(lambda match: next(remaining), self.path)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            callback: Any = pattern.callback
            yield Route(path, getattr(callback, "view_class", getattr(callback, "cls", callback)))


def every_route() -> list[Route]:
    """Return all routes, in order."""
    return list(_walk(get_resolver().url_patterns, ""))


def management_routes() -> list[Route]:
    """Return the routes that ask for a token for the Management API."""
    return [route for route in every_route() if route.is_management]


def routes_with_owned_ids() -> list[Route]:
    """Return the routes of the Management API that name rows of a tenant."""
    return [
        route
        for route in management_routes()
        if route.parameters and route.path.removeprefix("api/") not in NAMES_NOTHING_OWNED
    ]
