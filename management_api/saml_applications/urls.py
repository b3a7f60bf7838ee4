"""Addresses of SAML applications."""

from django.urls import path

from management_api.saml_applications import views

urlpatterns = [
    path("saml-applications", views.SamlApplicationsView.as_view()),
    path("saml-applications/<str:id>", views.SamlApplicationView.as_view()),
    path("saml-applications/<str:id>/secrets", views.CertificatesView.as_view()),
    path("saml-applications/<str:id>/secrets/<str:secret_id>", views.CertificateView.as_view()),
]
