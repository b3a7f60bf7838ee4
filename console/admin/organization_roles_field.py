"""A field for roles in organizations: a row for each organization, and one for the next."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from access.models import RoleType
from applications.models import ApplicationAccessOrganizationRole
from console.admin.fields import PickField, lock
from console.admin.search_field import SearchOneField
from organizations.models import OrganizationRole


class _Row(forms.Form):
    organization = SearchOneField(ApplicationAccessOrganizationRole, "organization", label=_("Organization"))
    roles = PickField(label=_("Roles"))


class _RowsWidget(forms.Widget):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        held: list[tuple[str, Any]] = [*(value or {}).items(), ("", ())]
        choices = list(OrganizationRole.objects.filter(type=RoleType.USER).order_by("name").values_list("id", "name"))
        rows = []
        for index, (organization_id, role_ids) in enumerate(held):
            row = _Row(prefix=f"{name}-{index}", initial={"organization": organization_id, "roles": list(role_ids)})
            fields: dict[str, Any] = row.fields
            fields["roles"].choices = choices
            if (attrs or {}).get("disabled"):
                lock(row)
            rows.append(row)
        return render_to_string("console/parts/organization_roles.html", {"rows": rows})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[str]]:
        value: dict[str, list[str]] = {}
        index = 0
        while f"{name}-{index}-organization" in data or f"{name}-{index}-roles" in data:
            if organization_id := data.get(f"{name}-{index}-organization"):
                value.setdefault(organization_id, []).extend(data.getlist(f"{name}-{index}-roles"))
            index += 1
        return value

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str | None, index: Any = None) -> str:
        return ""


class OrganizationRolesField(forms.Field):
    """`{organization id: [role id, …]}`; a row without an organization is none."""

    widget = _RowsWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> dict[str, list[str]]:
        if not all(value.values()):
            raise ValidationError(_("Choose a role for each organization."), code="required")
        return dict(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {key: set(roles) for key, roles in (initial or {}).items()} != {
            key: set(roles) for key, roles in (data or {}).items()
        }
