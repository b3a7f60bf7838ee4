"""Addresses below `/.well-known/`: the issuer's metadata and the APIs', each with its path appended.

RFC 8414 section 3.1, OpenID Connect Discovery section 4.1 as RFC 8414 section 5 has it, RFC 9728 section 3.1.
"""

from django.urls import URLPattern, path

from oidc.claims import protected_resources
from oidc.discovery import views

urlpatterns: list[URLPattern] = [
    path("oauth-authorization-server/oidc", views.discovery),
    path("openid-configuration/oidc", views.discovery),
    path("oauth-protected-resource/api", protected_resources.management_api_metadata),
    path("oauth-protected-resource/api/my-account", protected_resources.account_api_metadata),
]
