"""Organizations with their just-in-time rules: data more often than configuration, so only if a file names them.

Members are data and not among it.
"""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from common.appearance import BRANDING, COLOR_OVERRIDES, CUSTOM_CSS
from common.shapes import Flag
from configuration.errors import Problem, invalid_file
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import JSON, Names, closed, column, form_shape
from configuration.names import ids_of, organization_role_ids
from connectors.models import SsoConnector
from organizations.models import JitEmailDomain, JitRole, JitSsoConnector, Organization
from organizations.services.jit import replace_email_domains, replace_jit_roles
from organizations.services.jit_sso import replace_jit_sso_connectors
from organizations.services.organizations import create_organization, delete_organization, update_organization

MAX_ORGANIZATIONS = 1000

_FIELDS = {
    "name": "name",
    "description": "description",
    "customData": "custom_data",
    "isMfaRequired": "is_mfa_required",
    "isTrustedDeviceAllowed": "is_trusted_device_allowed",
    "color": "color",
    "branding": "branding",
    "customCss": "custom_css",
}


class Organizations(NoSecrets):
    """Identified by name, which is not unique: a file cannot name one of two that are called the same."""

    section = "organizations"
    shape = form_shape(
        {
            "name": column(Organization, "name", required=True),
            "description": column(Organization, "description"),
            "customData": JSON,
            "isMfaRequired": Flag(),
            "isTrustedDeviceAllowed": Flag(),
            "color": closed(COLOR_OVERRIDES),
            "branding": closed(BRANDING),
            "customCss": CUSTOM_CSS,
            "justInTime": form_shape({"emailDomains": Names(), "roles": Names(), "ssoConnectors": Names()}),
        }
    )
    options = Options(renames=True, merged=frozenset({"justInTime"}), max_items=MAX_ORGANIZATIONS)
    covers = (Organization, JitEmailDomain, JitRole, JitSsoConnector)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        if not reading.includes_organizations:
            return []
        rows = Organization.objects.all()
        if reading.organizations is not None:
            rows = rows.filter(name__in=reading.organizations)
        found = list(rows.order_by("name", "id")[: MAX_ORGANIZATIONS + 1])
        if len(found) > MAX_ORGANIZATIONS:
            message = _("There are more than %d organizations: leave them to the Management API.") % MAX_ORGANIZATIONS
            raise invalid_file([Problem((self.section,), message)])
        rules = _rules([row.id for row in found])
        return [Item(row.name, _form(row) | {"justInTime": rules[row.id]}, row.id, row) for row in found]

    def create(self, form: Form, change: Change) -> None:
        given: dict[str, Any] = {field: form[name] for name, field in _FIELDS.items() if name in form}
        organization = create_organization(**given, actor=change.actor)
        _set_rules(organization, form.get("justInTime", {}), change)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        given: dict[str, Any] = {_FIELDS[name]: form[name] for name in names & _FIELDS.keys()}
        if given:
            update_organization(item.row, **given, actor=change.actor)
        if "justInTime" in names:
            _set_rules(item.row, form["justInTime"], change)

    def delete(self, item: Item, change: Change) -> None:
        delete_organization(item.row, actor=change.actor)


def _form(row: Organization) -> Form:
    return {name: getattr(row, field) for name, field in _FIELDS.items()}


def _rules(ids: list[str]) -> dict[str, Form]:
    """Return the just-in-time rules by organization. Three statements."""
    found: dict[str, Form] = defaultdict(lambda: {"emailDomains": [], "roles": [], "ssoConnectors": []})
    tables: list[tuple[str, Any, str]] = [
        ("emailDomains", JitEmailDomain, "email_domain"),
        ("roles", JitRole, "role__name"),
        ("ssoConnectors", JitSsoConnector, "connector__connector_name"),
    ]
    for member, model, name in tables:
        rows = model.objects.filter(organization_id__in=ids)
        for organization_id, value in rows.values_list("organization_id", name):
            found[organization_id][member].append(value)
    for rules in found.values():
        for values in rules.values():
            values.sort()
    return found


def _set_rules(organization: Organization, form: Form, change: Change) -> None:
    path = "justInTime"
    if "emailDomains" in form:
        replace_email_domains(organization, email_domains=form["emailDomains"], actor=change.actor)
    if "roles" in form:
        ids = organization_role_ids(form["roles"], path=f"{path}.roles")
        replace_jit_roles(organization, role_ids=ids, actor=change.actor)
    if "ssoConnectors" in form:
        ids = ids_of(SsoConnector, form["ssoConnectors"], path=f"{path}.ssoConnectors", field="connector_name")
        replace_jit_sso_connectors(organization, connector_ids=ids, actor=change.actor)
