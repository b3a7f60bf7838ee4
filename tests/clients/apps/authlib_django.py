"""Authlib's Django client reads everything from the metadata."""

from typing import Any

from authlib.integrations.django_client import OAuth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from tests.clients.apps.serving import CLIENT, ISSUER, ORIGIN, configure, end_session_url, serve

configure()

from django.urls import path  # noqa: E402 - Django is set up first

oauth = OAuth()
oauth.register(
    "gatehouse",
    client_id=CLIENT["id"],
    client_secret=CLIENT["secret"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256"},
)


def login(request: HttpRequest) -> Any:
    return oauth.gatehouse.authorize_redirect(request, f"{ORIGIN}/callback", prompt="consent")


def callback(request: HttpRequest) -> HttpResponse:
    request.session["token"] = oauth.gatehouse.authorize_access_token(request)
    return HttpResponseRedirect("/")


def who(request: HttpRequest) -> HttpResponse:
    return JsonResponse(request.session.get("token", {}).get("userinfo", {}))


def refresh(request: HttpRequest) -> HttpResponse:
    before = request.session["token"]
    after = oauth.gatehouse.fetch_access_token(grant_type="refresh_token", refresh_token=before["refresh_token"])
    request.session["token"] = {**before, **after}
    return JsonResponse({"before": before["access_token"], "after": after["access_token"]})


def logout(request: HttpRequest) -> HttpResponse:
    id_token = request.session.pop("token")["id_token"]
    return HttpResponseRedirect(end_session_url(id_token))


def bye(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"signedIn": "token" in request.session})


urlpatterns = [
    path("", who),
    path("login", login),
    path("callback", callback),
    path("refresh", refresh),
    path("logout", logout),
    path("bye", bye),
]

if __name__ == "__main__":
    serve()
