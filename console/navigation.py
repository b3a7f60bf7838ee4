"""The side bar, and the switch between tenants above it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.dataclasses import DropdownItem

from common.pipeline import CONSOLE_PREFIX
from console.access import accesses_of, current_access
from console.policies import Area, may_create_tenant, may_view


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar: a view's name, or a model's label whose list it opens."""

    title: str
    icon: str
    view: str
    area: Area = Area.GENERAL


def _groups() -> list[tuple[str, list[Entry]]]:
    return [
        ("", [Entry(_("Overview"), "space_dashboard", "index")]),
        (
            _("Authentication"),
            [
                Entry(_("Applications"), "apps", "applications_application_changelist"),
                Entry(_("Unverified clients"), "smart_toy", "unverified_clients", Area.TENANT),
                Entry(_("Sign-in experience"), "palette", "experience_signinexperience_changelist"),
                Entry(_("Profile fields"), "contact_page", "experience_customprofilefield_changelist"),
                Entry(_("Languages"), "translate", "languages"),
                Entry(_("MFA and passkeys"), "passkey", "mfa"),
                Entry(_("Security"), "security", "security"),
                Entry(_("Connectors"), "outgoing_mail", "connectors_connector_changelist"),
                Entry(_("Enterprise SSO"), "corporate_fare", "connectors_ssoconnector_changelist"),
                Entry(_("Email templates"), "stylus_note", "connectors_emailtemplate_changelist"),
            ],
        ),
        (
            _("Authorization"),
            [
                Entry(_("API resources"), "api", "access_resource_changelist"),
                Entry(_("Roles"), "badge", "access_role_changelist"),
                Entry(_("Custom token claims"), "code", "custom_claims"),
                Entry(_("Actions"), "bolt", "actions"),
                Entry(_("Organization roles"), "assignment_ind", "organizations_organizationrole_changelist"),
                Entry(_("Organization permissions"), "key", "organizations_organizationscope_changelist"),
            ],
        ),
        (
            _("Users & organizations"),
            [
                Entry(_("Users"), "person", "identity_user_changelist"),
                Entry(_("Import and export"), "import_export", "user_imports"),
                Entry(_("Magic links"), "link", "identity_onetimetoken_changelist"),
                Entry(_("Organizations"), "domain", "organizations_organization_changelist"),
                Entry(_("Invitations"), "mail", "organizations_organizationinvitation_changelist"),
            ],
        ),
        (
            _("Developer"),
            [
                Entry(_("Webhooks"), "webhook", "events_hook_changelist"),
                Entry(_("Sign-in traces"), "conversion_path", "sign_in_traces", Area.LOG),
                Entry(_("Audit log"), "history", "events_auditlog_changelist", Area.LOG),
                Entry(_("Log streams"), "output", "log_streams", Area.TENANT),
            ],
        ),
        (
            _("Tenant"),
            [
                Entry(_("Settings"), "tune", "tenant_settings", Area.TENANT),
                Entry(_("Domains"), "language", "tenant_domains", Area.TENANT),
                Entry(_("Signing keys"), "vpn_key", "tenant_keys", Area.TENANT),
                Entry(_("Members"), "group", "tenant_members", Area.TENANT),
                Entry(_("Configuration file"), "data_object", "tenant_configuration", Area.TENANT),
            ],
        ),
    ]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups that the developer's role may see, in the form of the theme."""
    access = current_access(request)
    index = reverse("admin:index")
    groups = []
    for title, entries in _groups():
        items = []
        for entry in entries:
            link = reverse(f"admin:{entry.view}")
            active = request.path == link if link == index else request.path.startswith(link)
            if may_view(access, entry.area):
                items.append(
                    {"title": entry.title, "icon": entry.icon, "link": link, "active": active, "has_permission": True}
                )
        if items:
            groups.append({"title": title, "items": items})
    return groups


def tenant_switcher(request: HttpRequest) -> list[DropdownItem]:
    """Return the developer's tenants as links, with the way to a new one."""
    accesses = accesses_of(request)
    items = [
        DropdownItem(title=access.tenant.name, link=f"{CONSOLE_PREFIX}/{access.tenant.id}/", icon="shield_lock")
        for access in accesses[:12]
    ]
    items.append(DropdownItem(title=_("All tenants"), link=f"{CONSOLE_PREFIX}/tenants", icon="apps"))
    if may_create_tenant(accesses):
        items.append(DropdownItem(title=_("New tenant"), link=f"{CONSOLE_PREFIX}/tenants#new", icon="add"))
    return items
