"""What the provider refuses an application, in the audit log: the user sees none of it, the developer asks why."""

from common.errors import AppError
from common.oauth.errors import OAuthError
from events.write_behind import record_later
from oidc.authorization.parameters import recorded_parameters
from oidc.authorization.request import Authorization
from oidc.wire.error_page import AUDIT_KEY
from tenants.rate_limits import Kind, TooManyRequestsError, throttle

# The ordinary answers to an application that asks, with each of its pages, whether anybody is signed in.
_SILENT_ANSWERS = frozenset({"login_required", "consent_required", "interaction_required"})


def record_refusal(authorization: Authorization, error: AppError) -> None:
    """Write that a request is answered with an error; not beyond the limit for anonymous callers.

    A moment later, as the transaction of the request is being taken back.
    """
    told = error if isinstance(error, OAuthError) else None
    if authorization.is_silent and told and told.error in _SILENT_ANSWERS:
        return
    try:
        throttle(Kind.REFUSAL)
    except TooManyRequestsError:
        return
    record_later(
        AUDIT_KEY,
        application_id=authorization.client.id,
        error=error,
        description=told.description if told else None,
        params=recorded_parameters(authorization.parameters.as_json()),
    )
