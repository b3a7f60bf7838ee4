"""Addresses of the authorization endpoint and of signing out, below `/oidc/`."""

from django.urls import URLPattern, path

from oidc.authorization import views as authorization
from oidc.logout import views as logout

urlpatterns: list[URLPattern] = [
    path("auth", authorization.authorize),
    path("auth/<slug:uid>", authorization.resume),
    path("session/end", logout.end),
    path("session/end/confirm", logout.confirm),
    path("session/end/success", logout.success),
]
