"""A user's sign-in sessions, and the button that ends one."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.clock import now
from console.access import actor_of
from console.admin.devices import device_name
from console.admin.display import moment
from console.admin.inlines import ConsoleInline
from console.links import client_of, linked_names
from oidc.models import Session, SessionAuthorization
from oidc.sessions.sessions import revoke_session


class SessionInline(ConsoleInline):
    """The browsers in which the user is signed in."""

    model = Session
    verbose_name = _("session")
    verbose_name_plural = _("sessions")
    fields = ("device", "applications", "address", "signed_in", "ends")
    readonly_fields = fields
    can_add = can_change = False
    hide_title = True
    per_page = 10

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sessions: QuerySet[Any] = super().get_queryset(request)
        return (
            sessions.filter(expires_at__gt=now())
            .order_by("-created_at", "id")
            .prefetch_related(
                Prefetch("authorizations", queryset=SessionAuthorization.objects.select_related("application", "grant"))
            )
        )

    @display(description=_("Device"))
    def device(self, session: Session) -> SafeString:
        return format_html('<span title="{}">{}</span>', session.user_agent, device_name(session.user_agent))

    @display(description=_("Applications"))
    def applications(self, session: Session) -> SafeString | str:
        return linked_names(client_of(place.grant) for place in session.authorizations.all()) or "–"

    @display(description=_("Address"))
    def address(self, session: Session) -> str:
        return session.ip or "–"

    @display(description=_("Signed in"))
    def signed_in(self, session: Session) -> Any:
        return moment(session.authenticated_at)

    @display(description=_("Ends"))
    def ends(self, session: Session) -> Any:
        return date_format(timezone.localtime(session.expires_at), "DATE_FORMAT")

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        revoke_session(parent.pk, row.pk, actor=actor_of(request))
