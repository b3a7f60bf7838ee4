"""social-auth-core's generic backend, in Django: it reads everything from the metadata, and verifies RS256 alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from tests.clients.apps.serving import CLIENT, ISSUER, configure, end_session_url, serve

configure(
    apps=("social_django",),
    backends=("social_core.backends.open_id_connect.OpenIdConnectAuth",),
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=ISSUER,
    SOCIAL_AUTH_OIDC_KEY=CLIENT["id"],
    SOCIAL_AUTH_OIDC_SECRET=CLIENT["secret"],
    SOCIAL_AUTH_OIDC_SCOPE=["offline_access"],
    SOCIAL_AUTH_OIDC_PROMPT="consent",
    **({} if CLIENT["algorithm"] == "RS256" else {"SOCIAL_AUTH_OIDC_JWT_ALGORITHMS": [CLIENT["algorithm"]]}),
)

from django.contrib.auth import logout as end_session  # noqa: E402 - Django is set up first
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.html import format_html  # noqa: E402
from social_django.utils import load_strategy  # noqa: E402


def account(request: HttpRequest) -> Any:
    user: Any = request.user
    return user.social_auth.get(provider="oidc")


def login(request: HttpRequest) -> HttpResponse:
    token = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
    return HttpResponse(format_html('<form method="post" action="/social/login/oidc/">{}</form>', token))


def who(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not user.is_authenticated:
        return JsonResponse({})
    return JsonResponse({"sub": account(request).uid, "name": user.get_full_name(), "email": user.email})


def refresh(request: HttpRequest) -> HttpResponse:
    found = account(request)
    before = found.access_token
    found.refresh_token(load_strategy(request))
    return JsonResponse({"before": before, "after": found.access_token})


def logout(request: HttpRequest) -> HttpResponse:
    id_token = account(request).extra_data["id_token"]
    end_session(request)
    return HttpResponseRedirect(end_session_url(id_token))


def bye(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"signedIn": request.user.is_authenticated})


urlpatterns = [
    path("", who),
    path("login", login),
    path("refresh", refresh),
    path("logout", logout),
    path("bye", bye),
    path("social/", include("social_django.urls", namespace="social")),
]

if __name__ == "__main__":
    serve()
