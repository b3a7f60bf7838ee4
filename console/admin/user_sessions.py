"""A user's sign-in sessions, and the button that ends one."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.clock import now
from console.access import actor_of
from console.admin.display import moment
from console.admin.inlines import ConsoleInline
from oidc.models import Session
from oidc.sessions.sessions import revoke_session


class SessionInline(ConsoleInline):
    """The browsers in which the user is signed in."""

    model = Session
    verbose_name_plural = _("sessions")
    fields = ("browser", "ip", "signed_in", "ends")
    readonly_fields = fields
    can_add = can_change = False
    hide_title = True
    per_page = 10

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sessions: QuerySet[Any] = super().get_queryset(request)
        return sessions.filter(expires_at__gt=now()).order_by("-created_at", "id")

    @display(description=_("Browser"))
    def browser(self, session: Session) -> str:
        return session.user_agent[:80] or "–"

    @display(description=_("Signed in"))
    def signed_in(self, session: Session) -> Any:
        return moment(session.authenticated_at)

    @display(description=_("Ends"))
    def ends(self, session: Session) -> Any:
        return session.expires_at

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        revoke_session(parent.pk, row.pk, actor=actor_of(request))
