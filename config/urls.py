"""Every address of Gatehouse, room by room."""

from django.urls import include, path

from common import views
from experience.pages.views.own_files import own_file
from tenants.domains.verification_files import CATCH_ALL
from tenants.domains.views import certificate_ask, with_verification_files

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("tls-ask", certificate_ask),
    path("oidc/", include("oidc.urls")),
    path(".well-known/", include("oidc.urls_well_known")),
    path("", include("experience.urls")),
    path("", include("portal.urls")),
    path("", include("connectors.urls")),
    path("files/", include("tenants.files.urls")),
    path("console/", include("console.urls")),
    path("api/", include("saml.urls")),
    path("api/", include("management_api.urls")),
    # What is nobody's may be a file that proves a tenant's domain, or one of its own sign-in pages.
    path("<path:path>", with_verification_files(own_file), name=CATCH_ALL),
]

handler400 = "common.views.bad_request"
handler404 = "common.views.page_not_found"
handler500 = "common.views.server_error"
