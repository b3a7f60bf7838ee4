"""Addresses of the OpenAPI documents and of their pages."""

from django.urls import path

from management_api.openapi.serving import serve_document, serve_page
from management_api.openapi.texts import EXPERIENCE, MANAGEMENT, USER

urlpatterns = [
    path("swagger.json", serve_document(MANAGEMENT)),
    path(".well-known/management.openapi.json", serve_document(MANAGEMENT)),
    path(".well-known/experience.openapi.json", serve_document(EXPERIENCE)),
    path(".well-known/user.openapi.json", serve_document(USER)),
    path("docs", serve_page(MANAGEMENT)),
    path("docs/experience", serve_page(EXPERIENCE)),
    path("docs/user", serve_page(USER)),
]
