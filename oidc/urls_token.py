"""Addresses of the machine endpoints."""

from django.urls import path

from oidc import discovery, introspection, revocation, userinfo
from oidc.token import endpoint

urlpatterns = [
    path(".well-known/openid-configuration", discovery.discovery),
    path(".well-known/oauth-authorization-server", discovery.discovery),
    path("jwks", discovery.jwks),
    path("token", endpoint.token),
    path("token/introspection", introspection.introspection),
    path("token/revocation", revocation.revocation),
    path("me", userinfo.userinfo),
]
