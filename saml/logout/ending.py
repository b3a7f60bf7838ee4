"""Sessions end: because a service provider says so, or by signing out here."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from common.actors import Actor
from common.clock import now
from common.saml.logout import LogoutRequest
from events.history import record
from oidc.models import Session
from oidc.sessions.sessions import end_session, find_session, revoke_session
from saml.logout.runs import Waiting, begin_run, waiting_of
from saml.models import SamlLogout, SamlParticipant
from saml.providers import ServiceProvider
from tenants.rate_limits import Kind, throttle


@transaction.atomic
def end_by_service_provider(
    provider: ServiceProvider,
    request: LogoutRequest,
    *,
    is_signed: bool,
    session_sha256: str | None,
    relay_state: str | None,
    moment: datetime,
) -> tuple[SamlLogout, bool]:
    """End the sessions that a service provider names; returns the run that tells the others, and whether the
    browser's own session was among them.

    Without a signature that is the browser's session alone, and only by the names that the service provider was given
    for it: whoever sends the browser here without knowing them signs nobody out. Raises `TooManyRequestsError`.
    """
    throttle(Kind.SIGN_IN)
    own = find_session(session_sha256, lock=True)
    named = _named(provider, request)
    ended: list[Waiting] = []
    is_own = own is not None and named.filter(session=own).exists()
    if own is not None and is_own:
        ended += _others(own.id, provider.application_id)
        end_session(own)
    if is_signed:
        actor = Actor.application(provider.application_id)
        for participant in named.select_related("session").filter(session__expires_at__gt=moment):
            ended += _others(participant.session_id, provider.application_id)
            revoke_session(participant.session.user_id, participant.session_id, actor=actor)
    answer = {
        "application_id": provider.application_id,
        "request_id": request.id,
        "relay_state": relay_state,
    }
    record(
        "SamlApplication.Logout",
        application_id=provider.application_id,
        user_id=own.user_id if own is not None and is_own else None,
        samlRequestId=request.id,
    )
    return begin_run(ended, answer=answer, moment=moment), is_own


def _named(provider: ServiceProvider, request: LogoutRequest) -> QuerySet[SamlParticipant]:
    named = SamlParticipant.objects.filter(application_id=provider.application_id, name_id=request.name_id)
    return named.filter(session_index__in=request.session_indexes) if request.session_indexes else named


def _others(session_id: str, application_id: str) -> list[Waiting]:
    others = SamlParticipant.objects.filter(session_id=session_id).exclude(application_id=application_id)
    return waiting_of(others.order_by("id"))


def tell_service_providers(session: Session, destination: str) -> str:
    """Return where a browser goes whose user signs out here: past the service providers of the session.

    One statement without any, two with; called before the session ends.
    """
    waiting = waiting_of(SamlParticipant.objects.filter(session=session).order_by("id"))
    if not waiting:
        return destination
    run = begin_run(waiting, answer={"to": destination}, moment=now())
    return f"/api/saml/logout/{run.id}"
