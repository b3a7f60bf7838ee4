"""What every endpoint of the Experience API has in common: whose journey it is, and how it fails."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.languages import in_language
from common.oauth.errors import OAuthError
from common.oauth.rendering import error_body
from common.rest.exceptions import handle
from common.rest.operations import find_operation
from common.rest.parsers import json_body
from common.rest.permissions import Open
from common.rest.views import JsonView
from experience.current_device import device_of
from experience.languages import choose_language, find_language
from experience.models import Interaction
from experience.selectors import get_interaction
from oidc.authorization.errors import session_not_found
from oidc.authorization.pending import find_pending
from oidc.models import AuthorizationRequest
from tenants.rate_limits import count_address

Prompt = AuthorizationRequest.Prompt


def pending_request(request: Request, *, prompt: Prompt | None = Prompt.LOGIN) -> AuthorizationRequest:
    """Return the authorization request of this browser that waits for the prompt, or for any with `None`.

    Raises `session.not_found`.
    """
    app_id = request.headers.get("Logto-App-Id") or None
    pending = find_pending(request._request, app_id=app_id)
    if pending is None or (prompt is not None and pending.prompt != prompt):
        raise session_not_found()
    return pending


def current_interaction(request: Request) -> Interaction:
    """Return the journey under way; raises `session.not_found` and `session.interaction_not_found`."""
    return get_interaction(pending_request(request))


def parsed(request: Request, body: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return the validated body; a missing one counts as empty. Raises `guard.invalid_input`."""
    serializer = body(data=json_body(request))
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _language_of(request: HttpRequest) -> str:
    """Return the built-in language of error messages: `?locale`, else what the browser prefers, else English."""
    tag = choose_language(
        locale=request.GET.get("locale", ""),
        accept_language=request.META.get("HTTP_ACCEPT_LANGUAGE", ""),
        language_info={"autoDetect": True},
    )
    return find_language(tag) or settings.LANGUAGE_CODE


class ExperienceView(JsonView):
    """A step of the browser's own journey: the signed cookie is all the authority there is."""

    permission_classes = [Open]
    # What any step may be refused with, next to codes of its own.
    refusals = (
        "session.not_found",
        "session.interaction_not_found",
        "session.verification_session_not_found",
        "session.verification_failed",
        "session.invalid_interaction_type",
        "session.identity_conflict",
        "session.mfa.require_mfa_verification",
        "session.invalid_credentials",
        "session.verification_blocked_too_many_attempts",
        "user.suspended",
        "user.missing_profile",
        "request.rate_limited",
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with in_language(_language_of(request)), device_of(request) as device:
            answer = super().dispatch(request, *args, **kwargs)
            device.write(answer)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def answer(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a browser that is within its address's limit; what a step writes has limits of its own."""
        count_address("EXPERIENCE_LIMIT_PER_ADDRESS")
        return super().answer(request, *args, **kwargs)

    def body(self) -> dict[str, Any]:
        """Return the body as the operation's serializer reads it; raises `guard.invalid_input`."""
        declared = find_operation(self, self.request.method or "")
        if declared is None:
            raise LookupError(f"{type(self).__name__} declares no operation")
        return parsed(self.request, declared.body)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, OAuthError):
            # A lost session is the provider's to tell, in its words next to ours.
            answer = Response(error_body(self.request._request, exc), status=exc.status)
        else:
            answer = handle(exc, {"request": self.request})
        answer.exception = True
        return answer
