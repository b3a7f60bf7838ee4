"""Every address of Gatehouse, room by room."""

from django.urls import include, path

from common import views

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("oidc/", include("oidc.urls")),
    path(".well-known/", include("oidc.urls_well_known")),
    path("", include("experience.urls")),
    path("", include("portal.urls")),
    path("", include("connectors.urls")),
    path("console/", include("console.urls")),
    path("api/", include("saml.urls")),
    path("api/", include("management_api.urls")),
]

handler400 = "common.views.bad_request"
handler404 = "common.views.page_not_found"
handler500 = "common.views.server_error"
