"""Addresses inside of a tenant, below `/console/<tenant>/`."""

from django.urls import URLPattern, URLResolver, path

from console import admin  # noqa: F401 - registers every area
from console.site import site
from console.views import (  # noqa: F401 - registers the tenant's pages
    actions,
    captcha,
    configuration,
    custom_claims,
    domains,
    files,
    keys,
    languages,
    log_streams,
    members,
    mfa,
    own_pages,
    security,
    settings,
    sign_in_preview,
    traces,
    unverified_clients,
    user_imports,
    webhooks,
)

urlpatterns: list[URLPattern | URLResolver] = [path("", site.urls)]

handler403 = "console.views.errors.permission_denied"
handler404 = "common.views.page_not_found"
handler500 = "common.views.server_error"
