"""Addresses of the identity provider, below `/api/`; those of its management are the Management API's."""

from django.urls import URLPattern, path

from saml.logout import views as logout
from saml.sign_in import views as sign_in

urlpatterns: list[URLPattern] = [
    path("saml-applications/<slug:id>/metadata", sign_in.metadata),
    path("saml-applications/<slug:id>/callback", sign_in.callback),
    path("saml/<slug:id>/authn", sign_in.authn),
    path("saml/<slug:id>/sign-in", sign_in.sign_in),
    path("saml/<slug:id>/logout", logout.logout),
    path("saml/logout/<slug:run_id>", logout.tell),
]
