"""A user answers what a third-party application asks."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext

from common.errors import AppError, invalid_value
from events.history import record
from oidc.authorization.errors import session_not_found
from oidc.authorization.pending import abort, complete_consent
from oidc.consent.question import read_question
from oidc.models import AuthorizationRequest, Session
from organizations.models import OrganizationMember

AUDIT_KEY = "Interaction.Consent.Submit"


@transaction.atomic
def agree(pending: AuthorizationRequest, session: Session | None, *, organization_ids: Collection[str] = ()) -> str:
    """Let the application have what it asks for, and return the URL at which the browser goes on.

    What that is is derived again; of the organizations chosen only those count that were asked about, and they become
    the only ones. It takes effect when the browser goes on; agreeing again before then replaces the choice. Raises what
    `read_question` raises, and `organization.require_membership` for an organization that is not the user's, and
    `guard.invalid_input` for several where one is let into.
    """
    question = read_question(pending, session)
    if question.takes_one_organization and len(set(organization_ids)) > 1:
        raise invalid_value("organizationIds", gettext("This app gets one organization at most."))
    assert_own_organizations(question.user.id, organization_ids)
    answer = question.answered(organization_ids)
    redirect_to = complete_consent(pending, user=question.user, answer=answer)
    record(
        AUDIT_KEY,
        user_id=question.user.id,
        application_id=question.client.id,
        interactionId=pending.id,
        consent=answer.as_json(),
    )
    return redirect_to


@transaction.atomic
def decline(pending: AuthorizationRequest, session: Session | None) -> str:
    """Refuse what the application asks, and return the URL at which the browser takes `access_denied` to it.

    Raises `session.not_found` for a request that does not wait for the consent of this session's user.
    """
    if session is None or pending.session_id != session.id or pending.prompt != AuthorizationRequest.Prompt.CONSENT:
        raise session_not_found()
    refusal = "access_denied"
    redirect_to = abort(pending, error=refusal, description="the user declined what was asked for")
    record(
        AUDIT_KEY,
        user_id=session.user_id,
        application_id=pending.client_id,
        interactionId=pending.id,
        error=AppError(f"oidc.{refusal}"),
    )
    return redirect_to


def assert_own_organizations(user_id: str, organization_ids: Collection[str]) -> None:
    """Refuse organizations that the user does not belong to: `organization.require_membership`."""
    wanted = set(organization_ids)
    if not wanted:
        return
    own = OrganizationMember.objects.filter(user_id=user_id, organization_id__in=wanted)
    if own.count() != len(wanted):
        raise AppError("organization.require_membership")
