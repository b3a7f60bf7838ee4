"""Addresses of the machine endpoints."""

from django.urls import path

from oidc import discovery, introspection, pushed_authorization, revocation, userinfo
from oidc.device import endpoint as device
from oidc.registration import endpoint as registration
from oidc.token import endpoint

urlpatterns = [
    path(".well-known/openid-configuration", discovery.discovery),
    path(".well-known/oauth-authorization-server", discovery.discovery),
    path("jwks", discovery.jwks),
    path("token", endpoint.token),
    path("token/introspection", introspection.introspection),
    path("token/revocation", revocation.revocation),
    path("device/auth", device.device_authorization),
    path("request", pushed_authorization.pushed_authorization),
    path("me", userinfo.userinfo),
    path("register", registration.register),
    path("register/<slug:client_id>", registration.manage),
]
