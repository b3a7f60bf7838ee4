"""Who is in which organization, with which roles: seen from the organization, the user and the application."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.models import RoleType
from applications.models import OrganizationApplication
from applications.services.organization_applications import (
    add_organization_applications,
    remove_organization_application,
    replace_organization_application_roles,
)
from console.access import actor_of
from console.admin.fields import PickField, ShownText
from console.admin.inlines import ConsoleInline
from console.admin.search_field import SearchOne
from console.site import site
from organizations.models import OrganizationMember, OrganizationRole
from organizations.services.members import add_members, remove_member, replace_member_roles


class OrganizationAccessForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A place in an organization. Who it is about is chosen once; the roles may change."""

    subject = ""  # the field that names who or what the row is about
    held = ""  # the relation that holds the roles
    role_choices: list[tuple[str, str]] = []

    role_ids = PickField(label=_("Roles"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles: Any = self.fields["role_ids"]
        roles.choices = self.role_choices
        if self.instance._state.adding:
            return
        roles.initial = [row.role_id for row in getattr(self.instance, self.held).all()]
        about: Model = getattr(self.instance, self.subject)
        name = f"admin:{about._meta.app_label}_{about._meta.model_name}_change"
        field = self.fields[self.subject]
        field.disabled = True
        field.widget = ShownText(str(about), reverse(name, args=[about.pk]))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned is not None and not self.instance._state.adding:
            cleaned[self.subject] = getattr(self.instance, self.subject)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        return {field.name for field in self._meta.model._meta.fields}


class OrganizationAccessInline(ConsoleInline):
    """The rows of one side; the other side is picked by search."""

    form = OrganizationAccessForm
    per_page = 20
    hide_title = True
    subject = ""
    held = ""
    role_type = RoleType.USER

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related(self.subject).prefetch_related(f"{self.held}__role")
        return rows.order_by("-created_at", "-id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [self.subject, "role_ids"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == self.subject:
            options["widget"] = SearchOne(db_field, site)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        roles = OrganizationRole.objects.filter(type=self.role_type).order_by("name").values_list("id", "name")
        values = {"subject": self.subject, "held": self.held, "role_choices": list(roles)}
        return super().get_formset(request, obj, **{**options, "form": type("Form", (self.form,), values)})


class _Members(OrganizationAccessInline):
    """Memberships of users, from either side."""

    model = OrganizationMember
    held = "member_roles"

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        organization, user_id = self.ends(parent, values[self.subject])
        add_members(organization, user_ids=[user_id], actor=actor_of(request))
        self._give(request, organization, user_id, values)

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        self._give(request, *self.ends(parent, getattr(row, self.subject)), values)

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        organization, user_id = self.ends(parent, getattr(row, self.subject))
        remove_member(organization, user_id=user_id, actor=actor_of(request))

    def _give(self, request: HttpRequest, organization: Any, user_id: str, values: dict[str, Any]) -> None:
        replace_member_roles(organization, user_id=user_id, role_ids=values["role_ids"], actor=actor_of(request))

    def ends(self, parent: Any, subject: Any) -> tuple[Any, str]:
        """Return the organization and the user's id."""
        return (parent, subject.id) if self.subject == "user" else (subject, parent.id)


class MemberInline(_Members):
    """The members of an organization."""

    subject = "user"
    verbose_name = _("member")
    verbose_name_plural = _("members")


class MembershipInline(_Members):
    """The organizations of a user."""

    subject = "organization"
    verbose_name = _("organization")
    verbose_name_plural = _("organizations")


class _Applications(OrganizationAccessInline):
    """Places of machine-to-machine applications, from either side."""

    model = OrganizationApplication
    held = "application_roles"
    role_type = RoleType.MACHINE_TO_MACHINE

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        organization, application_id = self.ends(parent, values[self.subject])
        add_organization_applications(organization, application_ids=[application_id], actor=actor_of(request))
        self._give(request, organization, application_id, values)

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        self._give(request, *self.ends(parent, getattr(row, self.subject)), values)

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        organization, application_id = self.ends(parent, getattr(row, self.subject))
        remove_organization_application(organization, application_id=application_id, actor=actor_of(request))

    def _give(self, request: HttpRequest, organization: Any, application_id: str, values: dict[str, Any]) -> None:
        replace_organization_application_roles(
            organization, application_id=application_id, role_ids=values["role_ids"], actor=actor_of(request)
        )

    def ends(self, parent: Any, subject: Any) -> tuple[Any, str]:
        """Return the organization and the application's id."""
        return (parent, subject.id) if self.subject == "application" else (subject, parent.id)


class OrganizationApplicationInline(_Applications):
    """The machine-to-machine applications of an organization."""

    subject = "application"
    verbose_name = _("application")
    verbose_name_plural = _("applications")


class ApplicationOrganizationInline(_Applications):
    """The organizations of a machine-to-machine application."""

    subject = "organization"
    verbose_name = _("organization")
    verbose_name_plural = _("organizations")
