"""The frame of the addresses that browsers visit: failures as a page for people, as the API's body for programs."""

import functools
from collections.abc import Callable, Mapping
from typing import Concatenate, ParamSpec

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from common.errors import AppError
from common.languages import language_of
from common.oauth.errors import OAuthError
from common.saml.bindings import Parameter, post_fields
from common.saml.errors import SamlError
from events.history import record
from oidc.wire.error_page import is_for_person, render_refusal
from oidc.wire.pages import auto_submitted_form
from tenants.context import current_tenant_id
from tenants.rate_limits import Kind, TooManyRequestsError, throttle

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

_COOKIE = "_saml"
_COOKIE_PATH = "/api/"
_MAX_SIGN_INS = 10


def saml_endpoint(*methods: str) -> Callable[[View[P]], View[P]]:
    """Serve a view for exactly these methods; what the SAML messages are refused for is only told to programs."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def served(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    raise AppError("request.method_not_allowed")
                return view(request, *args, **kwargs)
            except SamlError as error:
                return _refuse(request, _invalid_request(request, error))
            except RequestDataTooBig:
                return _refuse(request, AppError("guard.body_too_large"))
            except (AppError, SuspiciousOperation) as error:
                return _refuse(request, error)

        return served  # type: ignore[return-value]  # Django passes the request by position

    return decorate


def _invalid_request(request: HttpRequest, error: SamlError) -> AppError:
    """What was wrong, where the developer finds it: in the audit log by the page's trace id, else in the body."""
    code = "application.saml.invalid_saml_request"
    if is_for_person(request):
        return OAuthError("invalid_request", str(error), status=400, code=code)
    return AppError(code, details=str(error))


def _refuse(request: HttpRequest, error: AppError | SuspiciousOperation) -> HttpResponse:
    if is_for_person(request):
        return render_refusal(request, error)
    found = error if isinstance(error, AppError) else AppError("guard.invalid_input")
    with language_of(request):
        answer = JsonResponse(found.as_body(), status=found.status)
    for name, value in {**found.headers, "Cache-Control": "no-store"}.items():
        answer.headers[name] = value
    return answer


def note_refusal(event: str, *, application_id: str, error: AppError | SamlError) -> None:
    """Write a refusal to the audit log, by which a developer finds it; not beyond the limit for anonymous callers."""
    try:
        throttle(Kind.REFUSAL)
    except TooManyRequestsError:
        return
    record(event, application_id=application_id, error=error if isinstance(error, AppError) else str(error)[:200])


def posted_message(
    request: HttpRequest, *, address: str, parameter: Parameter, message: bytes, relay_state: str | None
) -> HttpResponse:
    """Answer with the form that carries a message to another site (SAML bindings 3.5)."""
    fields: Mapping[str, str] = post_fields(parameter=parameter, message=message, relay_state=relay_state)
    return auto_submitted_form(request, action=address, fields=fields, form_id="saml.form")


# --- Which sign-ins a browser has under way ---------------------------------------------------------------------------


def _signer() -> Signer:
    return Signer(salt=f"gatehouse.cookie.{current_tenant_id()}.{_COOKIE}")


def read_sign_ins(request: HttpRequest) -> list[str]:
    """Return the ids of the SAML sign-ins that this browser has begun, the oldest first."""
    try:
        value = _signer().unsign(request.COOKIES.get(_COOKIE, ""))
    except BadSignature:
        return []
    return [each for each in value.split(".") if each]


def write_sign_ins(request: HttpRequest, response: HttpResponse, ids: list[str], *, max_age: int) -> None:
    """Keep them, the latest few, in a signed cookie: an answer counts in the browser alone that asked."""
    value = _signer().sign(".".join(ids[-_MAX_SIGN_INS:]))
    response.set_cookie(
        _COOKIE,
        value,
        max_age=max_age,
        path=_COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
