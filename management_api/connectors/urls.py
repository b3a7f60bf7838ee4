"""Addresses of connectors and email templates."""

from django.urls import path

from management_api.connectors import views

urlpatterns = [
    path("connectors", views.ConnectorsView.as_view()),
    path("connectors/<str:id>", views.ConnectorView.as_view()),
    path("connectors/<str:connector_id>/authorization-uri", views.AuthorizationView.as_view()),
    path("connectors/<str:factory_id>/test", views.TestConnectorView.as_view()),
    path("connector-factories", views.FactoriesView.as_view()),
    path("connector-factories/<str:id>", views.FactoryView.as_view()),
    path("email-templates", views.EmailTemplatesView.as_view()),
    path("email-templates/<str:id>", views.EmailTemplateView.as_view()),
    path("email-templates/<str:id>/details", views.EmailTemplateDetailsView.as_view()),
]
