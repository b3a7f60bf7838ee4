"""Addresses of this room, below `/oidc/`."""

from django.urls import URLPattern, URLResolver, re_path

from oidc.cors import unknown_route
from oidc.urls_authorization import urlpatterns as authorization
from oidc.urls_token import urlpatterns as machine

urlpatterns: list[URLPattern | URLResolver] = [*machine, *authorization, re_path(r"", unknown_route)]
