"""Addresses of the identity provider, below `/api/`; those of its management are the Management API's."""

from django.urls import URLPattern, path

from saml.logout import views as logout
from saml.sign_in import views as sign_in

urlpatterns: list[URLPattern] = [
    path("saml-applications/<str:id>/metadata", sign_in.metadata),
    path("saml-applications/<str:id>/callback", sign_in.callback),
    path("saml/<str:id>/authn", sign_in.authn),
    path("saml/<str:id>/sign-in", sign_in.sign_in),
    path("saml/<str:id>/logout", logout.logout),
    path("saml/logout/<str:run_id>", logout.tell),
]
