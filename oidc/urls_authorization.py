"""Addresses of the authorization endpoint and of signing out, below `/oidc/`."""

from django.urls import URLPattern, path

from oidc.authorization import views as authorization
from oidc.device import views as device
from oidc.logout import views as logout
from oidc.resumption import resume

urlpatterns: list[URLPattern] = [
    path("auth", authorization.authorize),
    path("auth/<slug:uid>", resume),
    path("device", device.verification),
    path("device/<slug:uid>", device.resume),
    path("session/end", logout.end),
    path("session/end/confirm", logout.confirm),
    path("session/end/success", logout.success),
]
