"""What every endpoint of the Experience API has in common: whose journey it is, and how it fails."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.oauth.errors import OAuthError
from common.oauth.rendering import error_body
from common.rest.exceptions import handle
from common.rest.parsers import json_body
from common.rest.permissions import Open
from common.rest.views import JsonView
from experience.current_device import device_of
from experience.languages import choose_language
from experience.models import Interaction
from experience.selectors import get_interaction
from oidc.authorization.errors import session_not_found
from oidc.authorization.pending import find_pending
from oidc.models import AuthorizationRequest

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
    """Return the language of error messages and mail: `?locale`, else what the browser prefers."""
    return choose_language(
        ui_locales=request.GET.get("locale") or "",
        accept_language=request.META.get("HTTP_ACCEPT_LANGUAGE", ""),
        language_info={"autoDetect": True},
    )


class ExperienceView(JsonView):
    """A step of the browser's own journey: the signed cookie is all the authority there is."""

    permission_classes = [Open]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(_language_of(request)), device_of(request) as device:
            answer = super().dispatch(request, *args, **kwargs)
            device.write(answer)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, OAuthError):
            # A lost session is the provider's to tell, in its words next to ours.
            answer = Response(error_body(self.request._request, exc), status=exc.status)
        else:
            answer = handle(exc, {"request": self.request})
        answer.exception = True
        return answer
