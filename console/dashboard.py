"""The overview of a tenant: figures that cost the same for any size of tenant, first steps, and what happened last."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from access.management import management_api_indicator
from access.models import Resource
from applications.models import Application
from common.clock import now
from common.totals import COUNT_CAP, Total, total_of
from connectors.selectors import has_connector
from console.access import current_access
from console.audit.names import Names
from console.audit.sentences import plain_sentence
from console.policies import Area, may_view
from console.tenant_figures import activity_context, day_of
from events.models import AuditLog
from experience.services.settings import get_sign_in_experience
from identity.factor_share import factor_share
from identity.models import User
from organizations.models import Organization, OrganizationRole
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_tenant

_LAST_EVENTS = 8


def display_total(total: Total) -> str:
    """Return a total as text: `1,234` or `10,000+`."""
    return f"{COUNT_CAP:,}+" if total.is_capped else f"{total.number:,}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on the overview and the list behind it."""

    label: str
    value: str
    link: str
    icon: str


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps, with whether it is done."""

    title: str
    text: str
    link: str
    is_done: bool


def _protected_users() -> Figure:
    """How many users have a second factor, of a sample if they are many."""
    factors = get_sign_in_experience().mfa.factors
    value = str(_("Off"))
    if factors:
        share = factor_share(factors)
        value = f"{'≈ ' if share.is_estimate else ''}{share.percent}%"
    return Figure(_("Second factor"), value, reverse("admin:mfa"), "verified_user")


def _figures() -> list[Figure]:
    def figure(label: str, rows: QuerySet[Any], view: str, icon: str) -> Figure:
        return Figure(label, display_total(total_of(rows)), reverse(f"admin:{view}"), icon)

    week = now() - timedelta(days=7)
    return [
        figure(_("Users"), User.objects.all(), "identity_user_changelist", "person"),
        figure(_("New in 7 days"), User.objects.filter(created_at__gte=week), "identity_user_changelist", "person_add"),
        _protected_users(),
        figure(_("Organizations"), Organization.objects.all(), "organizations_organization_changelist", "domain"),
        figure(_("Applications"), Application.objects.all(), "applications_application_changelist", "apps"),
    ]


def _first_steps() -> list[Step]:
    resources = Resource.objects.exclude(indicator=management_api_indicator(current_tenant_id()))
    return [
        Step(
            _("Add an application"),
            _("Your web, single-page, native or machine-to-machine client."),
            reverse("admin:applications_application_add"),
            Application.objects.exists(),
        ),
        Step(
            _("Set up email or SMS"),
            _("A connector for verification codes. Then choose how people sign up and sign in."),
            reverse("admin:connectors_connector_changelist"),
            has_connector("email") or has_connector("phone"),
        ),
        Step(
            _("Protect an API"),
            _("An API resource with its permissions, granted through roles."),
            reverse("admin:access_resource_add"),
            resources.exists(),
        ),
        Step(
            _("Set up organizations"),
            _("Roles and permissions that every customer organization shares."),
            reverse("admin:organizations_organizationrole_changelist"),
            OrganizationRole.objects.exists(),
        ),
    ]


def endpoints_of(tenant_id: str) -> list[tuple[str, str]]:
    """Return the addresses that a developer copies into a client: label and value."""
    issuer = issuer_of(origin_of_tenant(tenant_id))
    return [
        (_("Endpoint"), origin_of_tenant(tenant_id)),
        (_("Issuer"), issuer),
        (_("Discovery"), f"{issuer}/.well-known/openid-configuration"),
        (_("Token endpoint"), f"{issuer}/token"),
    ]


def dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the overview shows."""
    tenant_id = current_tenant_id()
    steps = _first_steps()
    is_open = may_view(current_access(request), Area.LOG)
    return {
        "figures": _figures(),
        **activity_context(day_of(request.GET.get("date", ""))),
        "steps": steps,
        "steps_done": sum(step.is_done for step in steps),
        "endpoints": [
            *endpoints_of(tenant_id),
            (_("Management API"), management_api_indicator(tenant_id)),
        ],
        "live_preview": f"{origin_of_tenant(tenant_id)}/demo-app",
        "mailbox": f"{origin_of_tenant(tenant_id)}/development/mailbox" if settings.DEVELOPMENT_MAILBOX else None,
        "events": _latest_events() if is_open else [],
    }


def _latest_events() -> list[tuple[AuditLog, str]]:
    """Return the latest entries of the audit log, each with its sentence."""
    entries = list(AuditLog.objects.order_by("-created_at")[:_LAST_EVENTS])
    names = Names(entries)
    return [(entry, plain_sentence(entry, names)) for entry in entries]
