"""Addresses of this room, below `/oidc/`."""

from django.urls import URLPattern, URLResolver, re_path

from oidc.urls_authorization import urlpatterns as authorization
from oidc.urls_token import urlpatterns as machine
from oidc.wire.machine_endpoint import unknown_route

urlpatterns: list[URLPattern | URLResolver] = [*machine, *authorization, re_path(r"", unknown_route)]
