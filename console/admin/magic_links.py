"""Magic links: made for an email address, shown once, listed and withdrawn."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.clock import now
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import moment, tags
from console.admin.fields import address, number, select, text
from console.admin.filters import ChoiceFilter
from console.admin.object_actions import ObjectAction
from console.admin.search_field import SearchField
from console.admin.service_errors import ServiceForm
from console.one_time_display import show_once
from console.site import site
from experience.models import Interaction
from identity.identifiers import MAX_EMAIL_LENGTH
from identity.models import OneTimeToken
from identity.selectors import list_one_time_tokens
from identity.services.one_time_tokens import (
    DEFAULT_LIFETIME,
    create_one_time_token,
    delete_one_time_token,
    set_one_time_token_status,
)
from oidc.wire.redirects import with_query
from organizations.models import Organization, OrganizationMember

Status = OneTimeToken.Status
Event = Interaction.Event

_MINUTE = 60
_LONGEST = 365 * 24 * 60

_STATUSES = {
    Status.ACTIVE: _("active"),
    Status.CONSUMED: _("used"),
    Status.REVOKED: _("withdrawn"),
    Status.EXPIRED: _("expired"),
}
_PURPOSES = {
    "": _("Sign in, or create an account"),
    Event.SIGN_IN: _("Sign in only"),
    Event.REGISTER: _("Create an account only"),
    Event.FORGOT_PASSWORD: _("Choose a new password"),
}


class MagicLinkForm(ServiceForm):
    """Whom a link is for, what it does, and where it leads."""

    email = text(
        label=_("Email"),
        help_text=_("Whoever opens the link signs in as the owner of this address. Send it there and nowhere else."),
        max_length=MAX_EMAIL_LENGTH,
        required=True,
    )
    page = address(
        _("Page of your application"),
        _("The page that begins the sign-in, with one_time_token and login_hint. Empty: the token alone is shown."),
    )
    purpose = select(label=_("Purpose"), choices=_PURPOSES.items())
    minutes = number(label=_("Lifetime"), help_text=_("Minutes."), minimum=1, max_value=_LONGEST, required=True)
    organizations = SearchField(
        OrganizationMember,
        "organization",
        label=_("Organizations"),
        help_text=_("The user joins them on signing in."),
    )

    class Meta:
        model = OneTimeToken
        fields = ("email",)

    def token_context(self) -> dict[str, Any]:
        """Return what the token is for, as it is stored."""
        context: dict[str, Any] = {}
        if organizations := self.cleaned_data["organizations"]:
            context["jitOrganizationIds"] = [organization.id for organization in organizations]
        if purpose := self.cleaned_data["purpose"]:
            context["interactionEvent"] = purpose
        return context


class StatusFilter(ChoiceFilter):
    """Links of one status."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(status.value, name) for status, name in _STATUSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OneTimeToken]) -> QuerySet[OneTimeToken]:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=list_one_time_tokens(status=self.value()).order_by().values("pk"))


def _withdraw(request: HttpRequest, token: OneTimeToken) -> str:
    set_one_time_token_status(token, status=Status.REVOKED, actor=actor_of(request))
    return str(_("The link is withdrawn."))


@admin.register(OneTimeToken, site=site)
class MagicLinkAdmin(ConsoleModelAdmin):
    """The tenant's magic links. A link is never changed; it can be withdrawn while nobody has used it."""

    form = MagicLinkForm
    error_fields = {"user.invalid_email": "email"}
    intro = _("Links that sign the owner of an email address in once, without a password.")
    icon = "link"
    list_display = ("email", "state", "made", "expires_at")
    list_filter = (StatusFilter,)
    list_filter_submit = True
    search_fields = ("email",)
    search_help_text = _("The whole email address")
    ordering = ("-created_at", "-id")
    shown_fields = ("email", "state", "purpose_name", "joins", "made", "expires_at")
    object_actions = (
        ObjectAction(
            "withdraw",
            _("Withdraw"),
            _withdraw,
            icon="link_off",
            confirm=_("Withdraw this link? It stops working at once."),
            is_danger=True,
            is_offered=lambda token: token.status_at(now()) == Status.ACTIVE,
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        email = search_term.strip()
        return (queryset.filter(email=email) if email else queryset), False

    @display(
        description=_("Status"),
        label={_STATUSES[Status.ACTIVE]: "success", _STATUSES[Status.REVOKED]: "danger"},
    )
    def state(self, token: OneTimeToken) -> Any:
        return _STATUSES[token.status_at(now())]

    @display(description=_("Purpose"))
    def purpose_name(self, token: OneTimeToken) -> Any:
        return _PURPOSES[token.context.get("interactionEvent", "")]

    @display(description=_("Organizations"))
    def joins(self, token: OneTimeToken) -> SafeString | str:
        chosen = Organization.objects.filter(id__in=token.context.get("jitOrganizationIds", ()))
        return tags(chosen.order_by("name").values_list("name", flat=True))

    @display(description=_("Created"), ordering="created_at")
    def made(self, token: OneTimeToken) -> SafeString | str:
        return moment(token.created_at)

    def get_fields(self, request: HttpRequest, obj: OneTimeToken | None = None) -> tuple[str, ...]:
        return ("email", "page", "purpose", "minutes", "organizations") if obj is None else self.shown_fields

    def get_readonly_fields(self, request: HttpRequest, obj: OneTimeToken | None = None) -> tuple[str, ...]:
        return () if obj is None else self.shown_fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"minutes": DEFAULT_LIFETIME // _MINUTE, "email": request.GET.get("email", "")}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **options: Any) -> HttpResponse:
        if options.get("obj") is not None:
            context["show_save"] = False
        return super().render_change_form(request, context, **options)

    def create(self, request: HttpRequest, form: Any) -> OneTimeToken:
        values = form.cleaned_data
        made = create_one_time_token(
            email=values["email"],
            context=form.token_context(),
            expires_in=values["minutes"] * _MINUTE,
            actor=actor_of(request),
        )
        label, shown = _("One-time token"), made.value
        if values["page"]:
            query = {"one_time_token": made.value, "login_hint": values["email"]}
            label, shown = _("Magic link"), with_query(values["page"], query)
        show_once(request, about=made.token.id, label=str(label), value=shown)
        return made.token

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_one_time_token(entity.pk, actor=actor_of(request))
