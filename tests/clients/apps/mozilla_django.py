"""mozilla-django-oidc takes its addresses one by one, and verifies RS256 if it is told so: HS256 is its default."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from tests.clients.apps.serving import CLIENT, ISSUER, configure, end_session_url, serve

configure(
    apps=("mozilla_django_oidc",),
    middleware=("mozilla_django_oidc.middleware.SessionRefresh",),
    backends=("mozilla_django_oidc.auth.OIDCAuthenticationBackend",),
    OIDC_RP_CLIENT_ID=CLIENT["id"],
    OIDC_RP_CLIENT_SECRET=CLIENT["secret"],
    OIDC_RP_SIGN_ALGO=CLIENT["algorithm"],
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{ISSUER}/auth",
    OIDC_OP_TOKEN_ENDPOINT=f"{ISSUER}/token",
    OIDC_OP_USER_ENDPOINT=f"{ISSUER}/me",
    OIDC_OP_JWKS_ENDPOINT=f"{ISSUER}/jwks",
    OIDC_OP_LOGOUT_URL_METHOD="__main__.logout_url",
    OIDC_STORE_ID_TOKEN=True,
    ALLOW_LOGOUT_GET_METHOD=True,
)

from django.urls import include, path  # noqa: E402 - Django is set up first
from mozilla_django_oidc.views import OIDCAuthenticationRequestView, OIDCLogoutView  # noqa: E402


def logout_url(request: HttpRequest) -> str:
    return end_session_url(request.session["oidc_id_token"])


def who(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return JsonResponse({"email": user.email} if user.is_authenticated else {})


def refresh(request: HttpRequest) -> HttpResponse:
    """Let the session be as old as it gets, and visit a page: the middleware renews it without the user."""
    request.session["oidc_id_token_expiration"] = 0
    return HttpResponseRedirect("/renewed")


def renewed(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"before": 0, "after": request.session["oidc_id_token_expiration"]})


def bye(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"signedIn": request.user.is_authenticated})


urlpatterns = [
    path("", who),
    path("login", OIDCAuthenticationRequestView.as_view()),
    path("refresh", refresh),
    path("renewed", renewed),
    path("logout", OIDCLogoutView.as_view()),
    path("bye", bye),
    path("oidc/", include("mozilla_django_oidc.urls")),
]

if __name__ == "__main__":
    serve()
