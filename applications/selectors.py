"""Reads of applications, their roles and their places in organizations."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet

from access.management import ADMIN_ROLE_NAME, INTERNAL_PREFIX
from access.models import Role
from applications.built_in import complete_built_in
from applications.models import (
    Application,
    ApplicationRole,
    ApplicationSecret,
    OrganizationApplication,
    OrganizationApplicationRole,
)
from applications.models.application import BUILT_IN_IDS
from common.crypto import unseal
from common.errors import AppError
from organizations.models import Organization, OrganizationRole

# What an application's secrets are sealed for.
SECRET_CONTEXT = "application_secret"

_FEATURED = 3


def find_application(application_id: str) -> Application | None:
    """Return an application, `None` for an unknown one."""
    return Application.objects.filter(id=application_id).first()


def find_any_application(application_id: str) -> Application | None:
    """Return an application or a built-in one, `None` for an unknown one."""
    if application_id not in BUILT_IN_IDS:
        return find_application(application_id)
    anchor = Application.with_hidden.filter(id=application_id).first()
    return anchor and complete_built_in(anchor)


def get_any_application(application_id: str) -> Application:
    """Return an application or a built-in one; raises `entity.not_exists_with_id`."""
    application = find_any_application(application_id)
    if application is None:
        raise AppError("entity.not_exists_with_id")
    return application


def get_application(application_id: str) -> Application:
    """Return an application that can be changed, so no built-in one; raises `entity.not_exists_with_id`."""
    application = find_application(application_id)
    if application is None:
        raise AppError("entity.not_exists_with_id")
    return application


def get_applications(application_ids: Iterable[str]) -> list[Application]:
    """Return applications in the order of their ids; raises `entity.not_exists_with_id` if one is unknown."""
    wanted = list(dict.fromkeys(application_ids))
    found = Application.objects.in_bulk(wanted)
    if len(found) != len(wanted):
        raise AppError("entity.not_exists_with_id")
    return [found[application_id] for application_id in wanted]


def list_applications(
    *,
    types: Iterable[str] = (),
    is_third_party: bool | None = None,
    exclude_role_id: str | None = None,
    exclude_organization_id: str | None = None,
) -> QuerySet[Application]:
    """Return the tenant's applications, newest first."""
    applications = Application.objects.order_by("-created_at", "-id")
    if types := list(types):
        applications = applications.filter(type__in=types)
    if is_third_party is not None:
        applications = applications.filter(is_third_party=is_third_party)
    if exclude_role_id:
        applications = applications.exclude(
            id__in=ApplicationRole.objects.filter(role_id=exclude_role_id).values("application_id")
        )
    if exclude_organization_id:
        joined = OrganizationApplication.objects.filter(organization_id=exclude_organization_id)
        applications = applications.exclude(id__in=joined.values("application_id"))
    return applications


def has_application_with_jwt_responses() -> bool:
    """Whether an application of the tenant may ask for signed answers (JARM)."""
    return Application.objects.filter(custom_client_metadata__allowJwtResponseModes=True).exists()


def list_secrets(application: Application) -> QuerySet[ApplicationSecret]:
    """Return an application's secrets, oldest first."""
    return ApplicationSecret.objects.filter(application=application).order_by("created_at", "id")


def get_secret(application: Application, name: str) -> ApplicationSecret:
    """Return an application's secret by its name; raises `entity.not_found`."""
    secret = ApplicationSecret.objects.filter(application=application, name=name).first()
    if secret is None:
        raise AppError("entity.not_found")
    return secret


def secret_value(secret: ApplicationSecret) -> str:
    """Return a secret's plain value."""
    return unseal(bytes(secret.sealed_value), context=SECRET_CONTEXT)


def list_application_roles(application: Application) -> QuerySet[Role]:
    """Return an application's global roles, without the internal ones."""
    roles = Role.objects.filter(application_roles__application=application)
    return roles.exclude(name__startswith=INTERNAL_PREFIX).order_by("created_at", "id")


def list_role_applications(role: Role) -> QuerySet[Application]:
    """Return the applications that hold a global role, newest first."""
    return Application.objects.filter(application_roles__role=role).order_by("-created_at", "-id")


class FeaturedApplication(NamedTuple):
    """An application named next to a role in a list."""

    id: str
    name: str
    type: str


class RoleApplications(NamedTuple):
    """How many applications hold a role, and up to three of them."""

    total: int
    featured: list[FeaturedApplication]


def role_application_overviews(role_ids: Iterable[str]) -> dict[str, RoleApplications]:
    """Return the overview of each role, by id. One statement: applications are few, and so are their roles."""
    found = {role_id: RoleApplications(0, []) for role_id in role_ids}
    held = ApplicationRole.objects.filter(role_id__in=found).order_by("-application__created_at", "-application_id")
    rows = held.values_list("role_id", "application_id", "application__name", "application__type")
    for role_id, *application in rows:
        total, featured = found[role_id]
        if total < _FEATURED:
            featured.append(FeaturedApplication(*application))
        found[role_id] = RoleApplications(total + 1, featured)
    return found


def without_roles_of_application(roles: QuerySet[Role], application_id: str) -> QuerySet[Role]:
    """Return those of the roles that an application does not hold."""
    return roles.exclude(id__in=ApplicationRole.objects.filter(application_id=application_id).values("role_id"))


def is_admin_application(application: Application) -> bool:
    """Whether the application holds the hidden role that grants the whole Management API."""
    return ApplicationRole.objects.filter(application=application, role__name=ADMIN_ROLE_NAME).exists()


def _with_roles(places: QuerySet[OrganizationApplication]) -> QuerySet[OrganizationApplication]:
    roles = OrganizationApplicationRole.objects.select_related("role").order_by("role__name", "id")
    return places.prefetch_related(Prefetch("application_roles", queryset=roles))


def list_application_organizations(application: Application) -> QuerySet[OrganizationApplication]:
    """Return an application's places in organizations, each with its organization and roles loaded."""
    places = OrganizationApplication.objects.filter(application=application).select_related("organization")
    return _with_roles(places).order_by("-created_at", "-id")


def list_organization_applications(organization: Organization, *, q: str = "") -> QuerySet[OrganizationApplication]:
    """Return the applications' places in an organization, each with its application and roles loaded. 2 statements.

    `q` is a part of the application's id, name or description.
    """
    places = OrganizationApplication.objects.filter(organization=organization).select_related("application")
    if q:
        matches = (Q(**{f"application__{field}__icontains": q}) for field in ("id", "name", "description"))
        places = places.filter(reduce(or_, matches))
    return _with_roles(places).order_by("-created_at", "-id")


def get_organization_application(organization: Organization, application_id: str) -> OrganizationApplication:
    """Return an application's place in an organization; raises `organization.require_membership`."""
    place = OrganizationApplication.objects.filter(organization=organization, application_id=application_id).first()
    if place is None:
        raise AppError("organization.require_membership")
    return place


def list_organization_application_roles(place: OrganizationApplication) -> QuerySet[OrganizationRole]:
    """Return the template roles that an application holds in an organization."""
    roles = OrganizationRole.objects.filter(organization_application_roles__organization_application=place)
    return roles.order_by("created_at", "id")
