"""Addresses of the console outside of a tenant; those inside are `console.site_urls`."""

from django.urls import URLPattern, URLResolver, path, re_path

from console.views import profile, session, tenants
from tenants.hosts import TENANT_ID

urlpatterns: list[URLPattern | URLResolver] = [
    path("", tenants.home),
    path("sign-in", session.sign_in),
    path("callback", session.callback),
    path("sign-out", session.sign_out),
    path("tenants", tenants.tenants),
    path("profile", profile.profile),
    re_path(rf"^(?P<tenant_id>{TENANT_ID.pattern})$", tenants.open_tenant),
]
