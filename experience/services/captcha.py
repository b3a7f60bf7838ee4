"""The captcha of a journey: verified before it begins, skipped by who proves themselves in another way, asserted.

Where it is asserted: before a code goes to an address that nobody has been identified by, before an account is created,
and at submission. `PUT /experience` begins without one.
"""

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from common.errors import AppError
from common.request_context import request_origin
from events.history import record
from experience.captcha.base import Attempt, CaptchaRefusedError, CaptchaUnavailableError, Passed
from experience.captcha.provider import ActiveCaptcha, find_captcha
from experience.models import Interaction, SpentCaptcha
from experience.records import RecordType
from experience.services.settings import get_sign_in_experience
from oidc.models import AuthorizationRequest
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant
from tenants.rate_limits import Kind, throttle

#: In `Interaction.context`: `{verified, skipped}`.
CAPTCHA = "captcha"
#: Proofs that stand in for a captcha once they are verified: no robot types them in.
SKIPPING = frozenset(
    {RecordType.SOCIAL, RecordType.ENTERPRISE_SSO, RecordType.ONE_TIME_TOKEN, RecordType.SIGN_IN_PASSKEY}
)
_FAILED = "session.captcha_failed"


def verify_captcha(token: str, *, pending: AuthorizationRequest) -> None:
    """Have the tenant's provider verify a token, which then counts for nothing else any more.

    May call the provider, for seconds at the most: not to be called in a transaction. What does not answer, refuses
    our keys or is not there has verified nothing. Raises `session.captcha_failed` and `TooManyRequestsError`.
    """
    throttle(Kind.CAPTCHA)
    try:
        passed = _ask(find_captcha(), token, pending)
        _spend(passed, pending)
    except CaptchaRefusedError as refusal:
        details = None
        if isinstance(refusal, CaptchaUnavailableError):
            details = "The captcha provider could not be asked, so nobody passes. The audit log says why."
        error = AppError(_FAILED, details=details)
        _record(pending, error, reason=str(refusal))
        raise error from refusal


def assert_captcha(interaction: Interaction) -> None:
    """Raise `session.captcha_required` unless the journey's captcha was verified or skipped, or the tenant has none."""
    if get_sign_in_experience().requires_captcha and not any(captcha_of(interaction).values()):
        raise AppError("session.captcha_required")


def captcha_of(interaction: Interaction) -> dict[str, bool]:
    """Return `{verified, skipped}`."""
    return {"verified": False, "skipped": False, **interaction.context.get(CAPTCHA, {})}


def skip_captcha(interaction: Interaction) -> None:
    """Let a journey go on without a captcha; within a step."""
    interaction.context = {**interaction.context, CAPTCHA: {**captcha_of(interaction), "skipped": True}}


def create_challenge() -> dict[str, Any]:
    """Return a new proof of work, of which nothing is kept.

    Raises `entity.not_found` if the tenant's captchas are of another kind, and `TooManyRequestsError`.
    """
    throttle(Kind.CHALLENGE)
    active = find_captcha()
    challenge = active.kind.challenge(active.config) if active else None
    if challenge is None:
        raise AppError("entity.not_found")
    return challenge


def _ask(active: ActiveCaptcha | None, token: str, pending: AuthorizationRequest) -> Passed:
    if active is None:
        raise CaptchaRefusedError("no-provider")
    origin = request_origin()
    hosts = {urlsplit(address).hostname or "" for address in (pending.origin, origin_of_tenant(current_tenant_id()))}
    return active.kind.verify(active.config, Attempt(token, frozenset(hosts - {""}), origin.ip, origin.user_agent))


@transaction.atomic
def _spend(passed: Passed, pending: AuthorizationRequest) -> None:
    """Let a token count, once: of two requests with the same one the later finds the other's row."""
    _, is_new = SpentCaptcha.objects.get_or_create(digest=passed.digest, defaults={"expires_at": passed.expires_at})
    if not is_new:
        raise CaptchaRefusedError("spent")
    _record(pending, None)


def _record(pending: AuthorizationRequest, error: AppError | None, **details: Any) -> None:
    record(
        "Interaction.Create.Captcha",
        application_id=pending.client_id,
        error=error,
        interactionId=pending.id,
        **details,
    )
