"""Invitations to organizations: written here, sent again, revoked; their state."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.models import RoleType
from common.clock import now
from common.errors import AppError
from common.web_addresses import is_web_address
from connectors.selectors import has_connector
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import moment, tags
from console.admin.fields import PickField, address, number, switch, text
from console.admin.filters import ChoiceFilter
from console.admin.inlines import ConsoleInline
from console.admin.object_actions import ObjectAction
from console.admin.search_field import SearchOneField
from console.admin.service_errors import ServiceForm
from console.links import linked_names
from console.site import site
from identity.identifiers import MAX_EMAIL_LENGTH
from oidc.wire.redirects import with_query
from organizations.invitations import list_invitations, with_status
from organizations.models import OrganizationInvitation, OrganizationRole
from organizations.services.invitations import (
    MAX_LIFETIME,
    delete_invitation,
    invite_member,
    resend_invitation,
    revoke_invitation,
)

Status = OrganizationInvitation.Status

_DEFAULT_DAYS = 7
_STATUSES = {
    Status.PENDING: _("pending"),
    Status.ACCEPTED: _("accepted"),
    Status.REVOKED: _("revoked"),
    Status.EXPIRED: _("expired"),
}
_LABELS = {
    _STATUSES[Status.PENDING]: "info",
    _STATUSES[Status.ACCEPTED]: "success",
    _STATUSES[Status.REVOKED]: "danger",
}
_LINK_HELP = _("The page of your application that accepts. It gets invitation_id in its query.")


class InvitationForm(ServiceForm):
    """Whom to invite, to what, as what, and how they hear of it."""

    invitee = text(label=_("Email"), max_length=MAX_EMAIL_LENGTH, required=True)
    organization = SearchOneField(OrganizationInvitation, "organization", label=_("Organization"))
    role_ids = PickField(label=_("Roles"), help_text=_("Given to whoever accepts."))
    days = number(
        label=_("Expires after"),
        help_text=_("Days."),
        minimum=1,
        max_value=MAX_LIFETIME.days - 1,
        required=True,
        initial=_DEFAULT_DAYS,
    )
    is_mailed = switch(
        label=_("Send an email"), help_text=_("In the words of the template for invitations to an organization.")
    )
    link = address(_("Link in the email"), _LINK_HELP)

    class Meta:
        model = OrganizationInvitation
        fields = ("invitee",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if "role_ids" in fields:
            roles = OrganizationRole.objects.filter(type=RoleType.USER).order_by("name")
            fields["role_ids"].choices = list(roles.values_list("id", "name"))
        if "organization" in fields:
            fields["organization"].required = True


class StatusFilter(ChoiceFilter):
    """Invitations of one status."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(status.value, name) for status, name in _STATUSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(with_status(Status(self.value()), now())) if self.value() in list(Status) else queryset


class _Shown:
    """What a list says of an invitation."""

    @display(description=_("Status"), label=_LABELS)
    def state(self, invitation: OrganizationInvitation) -> Any:
        return _STATUSES[invitation.status_at(now())]

    @display(description=_("Roles"))
    def role_names(self, invitation: OrganizationInvitation) -> SafeString | str:
        return tags(given.role.name for given in invitation.invitation_roles.all())

    @display(description=_("Invited"))
    def made(self, invitation: OrganizationInvitation) -> SafeString | str:
        return moment(invitation.created_at)

    @display(description=_("Organization"))
    def organization_link(self, invitation: OrganizationInvitation) -> SafeString:
        return linked_names([invitation.organization])

    @display(description=_("Email"))
    def address_link(self, invitation: OrganizationInvitation) -> SafeString:
        return linked_names([invitation])

    @display(description=_("Invited by"))
    def inviter_link(self, invitation: OrganizationInvitation) -> SafeString | str:
        return linked_names([invitation.inviter]) if invitation.inviter else "–"

    @display(description=_("Email"))
    def email(self, invitation: OrganizationInvitation) -> str:
        return invitation.invitee

    @display(description=_("Accepted by"))
    def accepted_by(self, invitation: OrganizationInvitation) -> SafeString | str:
        return linked_names([invitation.accepted_user]) if invitation.accepted_user else "–"


class InvitationInline(_Shown, ConsoleInline):
    """The invitations of an organization."""

    model = OrganizationInvitation
    verbose_name = _("invitation")
    verbose_name_plural = _("invitations")
    fields = ("address_link", "role_names", "state", "made", "expires_at")
    readonly_fields = fields
    can_add = can_change = False
    hide_title = True
    per_page = 10

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return list_invitations()

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        delete_invitation(row, actor=actor_of(request))


def _is_pending(invitation: OrganizationInvitation) -> bool:
    return invitation.status_at(now()) == Status.PENDING


def _revoke(request: HttpRequest, invitation: OrganizationInvitation) -> str:
    revoke_invitation(invitation, actor=actor_of(request))
    return str(_("The invitation is revoked."))


def _send(request: HttpRequest, invitation: OrganizationInvitation, link: str) -> None:
    message = {"link": with_query(link, {"invitation_id": invitation.id})} if link else {}
    resend_invitation(invitation, message=message, actor=actor_of(request))


def _resend(request: HttpRequest, invitation: OrganizationInvitation) -> str:
    link = request.POST.get("link", "").strip()
    if link and not is_web_address(link):
        raise AppError("guard.invalid_input")
    _send(request, invitation, link)
    return str(_("An email is on its way to %s.") % invitation.invitee)


@admin.register(OrganizationInvitation, site=site)
class InvitationAdmin(_Shown, ConsoleModelAdmin):
    """The tenant's invitations. One is never changed; it can be sent again or revoked while it is pending."""

    form = InvitationForm
    error_fields = {
        "user.invalid_email": "invitee",
        "entity.unique_integrity_violation": "invitee",
        "organization.too_many_invitations": "organization",
        "connector.not_found": "is_mailed",
        "request.message_rate_limited": "is_mailed",
    }
    intro = _("People who are asked to join an organization, by email address. They need no account before.")
    icon = "mail"
    card_template = "console/cards/invitation.html"
    list_display = ("email", "organization_link", "role_names", "state", "made", "expires_at")
    list_filter = (StatusFilter,)
    list_filter_submit = True
    search_fields = ("invitee",)
    search_help_text = _("The whole email address")
    ordering = ("-created_at", "-id")
    shown_fields = (
        "email",
        "organization_link",
        "role_names",
        "state",
        "inviter_link",
        "accepted_by",
        "made",
        "expires_at",
    )
    object_actions = (
        ObjectAction("resend", _("Send the email again"), _resend, is_offered=_is_pending),
        ObjectAction(
            "revoke",
            _("Revoke"),
            _revoke,
            icon="block",
            confirm=_("Revoke this invitation? It can no longer be accepted."),
            is_danger=True,
            is_offered=_is_pending,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return list_invitations()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found = list_invitations(invitee=search_term.strip())
        return (queryset.filter(pk__in=found.order_by().values("pk")) if search_term.strip() else queryset), False

    def offered_actions(self, request: HttpRequest, entity: Any) -> list[dict[str, Any]]:
        """Return the buttons; sending again is a form of its own, because it asks for the link."""
        return [row for row in super().offered_actions(request, entity) if row["action"].name != "resend"]

    def card(self, request: HttpRequest, entity: OrganizationInvitation) -> dict[str, Any]:
        offered = super().offered_actions(request, entity)
        resend = next((row["url"] for row in offered if row["action"].name == "resend"), None)
        return {"resend": resend if has_connector("email") else None}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is not None:
            return self.shown_fields
        return ("invitee", "organization", "role_ids", "days", "is_mailed", "link")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else self.shown_fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "days": _DEFAULT_DAYS,
            "organization": request.GET.get("organization", ""),
            "is_mailed": has_connector("email"),
        }

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **options: Any) -> HttpResponse:
        if options.get("obj") is not None:
            context["show_save"] = False
        return super().render_change_form(request, context, **options)

    def create(self, request: HttpRequest, form: Any) -> OrganizationInvitation:
        values = form.cleaned_data
        invitation = invite_member(
            values["organization"],
            invitee=values["invitee"],
            expires_at=now() + timedelta(days=values["days"]),
            role_ids=values["role_ids"],
            actor=actor_of(request),
        )
        if values["is_mailed"]:
            # A second step: the link names the invitation.
            _send(request, invitation, values["link"])
        return invitation

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_invitation(entity, actor=actor_of(request))
