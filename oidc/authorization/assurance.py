"""Step-up: a session that is weaker than a request demands is made stronger, or the client learns that it is not.

RFC 9470 section 5. Whoever has no second factor goes on without one where it was a wish, and is not asked again in that
session; where it was a condition the client gets `unmet_authentication_requirements`.
"""

from collections.abc import Mapping
from typing import Any

from common.clock import now
from oidc.authorization.demands import Assurance, is_impossible, names_known_context, read_demand
from oidc.authorization.errors import unmet_authentication_requirements
from oidc.authorization.request import Authorization
from oidc.claims.proofs import is_two_factors, proven_records
from oidc.models import AuthorizationRequest, Session

#: Among a request's reasons to sign in: the session is weaker than the request demands.
REASON = "acr"
#: In a session's submission: a second factor was demanded, and could not be had.
UNMET = "assuranceUnmet"
# In a request's submission: the session that was added to, and whether anything was.
_STRENGTHENS = "strengthens"


def requested_assurance(authorization: Authorization) -> None:
    """The request makes no condition that cannot be met. What it names, the ID token tells (Core section 3.1.2.1)."""
    parameters = authorization.parameters.values
    if is_impossible(parameters):
        raise unmet_authentication_requirements("the requested authentication context class cannot be met")
    authorization.assurance = read_demand(parameters)
    if names_known_context(parameters):
        authorization.requested_claims = authorization.requested_claims.with_id_token("acr")


def is_too_weak(authorization: Authorization, session: Session) -> bool:
    """Whether the session's user has to prove more for this request.

    A wish that could not be fulfilled in this session is not put to its user again and again.
    """
    if authorization.assurance == Assurance.NONE or is_two_factors(session.last_submission):
        return False
    return authorization.assurance == Assurance.ESSENTIAL or not session.last_submission.get(UNMET)


def assert_strong_enough(authorization: Authorization, session: Session) -> None:
    """Raise `unmet_authentication_requirements` if the user has signed in, but not as strongly as is the condition."""
    if authorization.assurance == Assurance.ESSENTIAL and is_too_weak(authorization, session):
        raise unmet_authentication_requirements()


def demanded_assurance(pending: AuthorizationRequest) -> Assurance:
    """Return whether a request that waits for its user, an application's or a device's, demands a second factor.

    If it does, the user is asked for one whatever the tenant's policy says, and a trusted device does not stand in for
    it. With `ESSENTIAL` nothing can be skipped; who cannot have a second factor is best sent back by `abort` with
    `unmet_authentication_requirements`, and is in any case once they have signed in. No statement.
    """
    return read_demand(pending.parameters)


def find_session_to_strengthen(pending: AuthorizationRequest) -> Session | None:
    """Return the session, with its user, that lacks nothing for a request but a second factor; `None` if there is none.

    Its user need not prove again what the session knows. If the request has another reason to let its user sign in
    (`prompt=login`, `max_age`, somebody else is meant), everything has to be proved again. 1 statement.
    """
    if pending.session_id is None or list(pending.reasons) != [REASON]:
        return None
    sessions = Session.objects.filter(expires_at__gt=now(), user__is_suspended=False).select_related("user")
    return sessions.filter(id=pending.session_id).first()


def strengthened(session: Session, submission: Mapping[str, Any]) -> dict[str, Any]:
    """Return the submission of a sign-in that added to what the session knows already: its proofs come first.

    A later proof takes the place of an earlier one of its type. It counts in that session alone (`goes_on`).
    """
    added = submission.get("verificationRecords") or ()
    types = {record["type"] for record in added if record.get("verified")}
    earlier = [record for record in proven_records(session.last_submission) if record["type"] not in types]
    return {**submission, "verificationRecords": [*earlier, *added], _STRENGTHENS: [session.id, bool(types)]}


def goes_on(pending: AuthorizationRequest, session: Session | None) -> bool:
    """Whether the session that a sign-in has added to is there to go on, if it has only added to one."""
    added_to = pending.submission.get(_STRENGTHENS)
    return added_to is None or (session is not None and session.id == added_to[0])


def proves_nothing(pending: AuthorizationRequest) -> bool:
    """Whether a sign-in has only gone on with a session as it was: nobody has authenticated then."""
    added_to = pending.submission.get(_STRENGTHENS)
    return added_to is not None and not added_to[1]


def with_outcome(pending: AuthorizationRequest) -> dict[str, Any]:
    """Return how the user has signed in for a request, with a note if that is less than the request demanded."""
    is_less = demanded_assurance(pending) != Assurance.NONE and not is_two_factors(pending.submission)
    told = {name: value for name, value in pending.submission.items() if name != _STRENGTHENS}
    return {**told, UNMET: True} if is_less else told
