"""Addresses of API resources."""

from django.urls import path

from management_api.resources import views

urlpatterns = [
    path("resources", views.ResourcesView.as_view()),
    path("resources/<str:id>", views.ResourceView.as_view()),
    path("resources/<str:id>/is-default", views.DefaultResourceView.as_view()),
    path("resources/<str:resource_id>/scopes", views.ScopesView.as_view()),
    path("resources/<str:resource_id>/scopes/<str:scope_id>", views.ScopeView.as_view()),
]
