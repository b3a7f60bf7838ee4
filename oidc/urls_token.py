"""Addresses of the machine endpoints."""

from django.urls import path

from oidc.authorization import pushed_authorization
from oidc.device import endpoint as device
from oidc.discovery import views
from oidc.registration import endpoint as registration
from oidc.token import endpoint, introspection, revocation, userinfo

urlpatterns = [
    path(".well-known/openid-configuration", views.discovery),
    path(".well-known/oauth-authorization-server", views.discovery),
    path("jwks", views.jwks),
    path("token", endpoint.token),
    path("token/introspection", introspection.introspection),
    path("token/revocation", revocation.revocation),
    path("device/auth", device.device_authorization),
    path("request", pushed_authorization.pushed_authorization),
    path("me", userinfo.userinfo),
    path("register", registration.register),
    path("register/<slug:client_id>", registration.manage),
]
