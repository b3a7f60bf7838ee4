"""Reads of consent configurations, of consented organizations and of how applications present themselves."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet

from access.models import Scope
from applications.models import (
    Application,
    ApplicationOrganizationResourceScope,
    ApplicationOrganizationScope,
    ApplicationResourceScope,
    ApplicationSignInExperience,
    ApplicationUserScope,
)
from applications.services.consent_configuration import USER_SCOPES
from common.errors import AppError
from organizations.models import Organization, OrganizationScope
from tenants.configuration import cached


class ScopeInfo(NamedTuple):
    """A permission as people read it."""

    id: str
    name: str
    description: str | None


class ResourceScopes(NamedTuple):
    """Permissions of one API."""

    id: str
    name: str
    indicator: str
    scopes: tuple[ScopeInfo, ...]


class ConsentConfiguration(NamedTuple):
    """What an application may ask users for, list by list."""

    organization_scopes: list[OrganizationScope]
    resource_scopes: list[ResourceScopes]
    organization_resource_scopes: list[ResourceScopes]
    user_scopes: list[str]


NOTHING = ConsentConfiguration([], [], [], [])


class Presentation(NamedTuple):
    """How an application presents itself; empty if it does not say."""

    display_name: str = ""
    terms_of_use_url: str = ""
    privacy_policy_url: str = ""
    branding: dict[str, str] = {}
    color: dict[str, object] = {}
    custom_css: str = ""


def by_resource(scopes: Iterable[Scope]) -> list[ResourceScopes]:
    """Return permissions, whose resources are loaded, under their APIs."""
    groups: dict[str, list[Scope]] = {}
    for scope in scopes:
        groups.setdefault(scope.resource_id, []).append(scope)
    return [
        ResourceScopes(
            group[0].resource.id,
            group[0].resource.name,
            group[0].resource.indicator,
            tuple(ScopeInfo(scope.id, scope.name, scope.description) for scope in group),
        )
        for group in groups.values()
    ]


def _scopes(assigned: QuerySet[Any]) -> list[Scope]:
    found = Scope.objects.filter(id__in=assigned.values("scope_id")).select_related("resource")
    return list(found.order_by("resource__name", "resource_id", "name"))


def get_consent_configuration(application: Application) -> ConsentConfiguration:
    """Return what an application may ask users for. 4 statements."""
    organizations = ApplicationOrganizationScope.objects.filter(application=application)
    users = set(ApplicationUserScope.objects.filter(application=application).values_list("scope", flat=True))
    return ConsentConfiguration(
        list(OrganizationScope.objects.filter(id__in=organizations.values("scope_id")).order_by("name")),
        by_resource(_scopes(ApplicationResourceScope.objects.filter(application=application))),
        by_resource(_scopes(ApplicationOrganizationResourceScope.objects.filter(application=application))),
        # A name that is known no longer can be asked for no longer.
        [name for name in USER_SCOPES if name in users],
    )


def list_consented_organizations(application: Application, user_id: str) -> QuerySet[Organization]:
    """Return the organizations of a user that they let the application into, newest first."""
    organizations = Organization.objects.filter(
        members__user_id=user_id, members__consented_applications__application=application
    )
    return organizations.order_by("-created_at", "-id")


def get_application_sign_in_experience(application: Application) -> ApplicationSignInExperience:
    """Return how an application presents itself; raises `entity.not_exists_with_id` where nothing was set."""
    presentation = ApplicationSignInExperience.objects.filter(application=application).first()
    if presentation is None:
        raise AppError("entity.not_exists_with_id")
    return presentation


def presentation_of(application_id: str) -> Presentation:
    """Return how an application presents itself; cached, so no statement when warm. Ask for known applications only."""

    def load() -> Presentation:
        row = ApplicationSignInExperience.objects.filter(application_id=application_id).first()
        if row is None:
            return Presentation()
        return Presentation(
            row.display_name or "",
            row.terms_of_use_url or "",
            row.privacy_policy_url or "",
            row.branding,
            row.color,
            row.custom_css or "",
        )

    return cached("oidc.presentation", application_id, load)
