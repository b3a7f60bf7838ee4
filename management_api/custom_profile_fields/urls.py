"""Addresses of profile fields."""

from django.urls import path

from management_api.custom_profile_fields import views

urlpatterns = [
    path("custom-profile-fields", views.FieldsView.as_view()),
    # Words of the contract that are names as well: a field may be called so.
    path("custom-profile-fields/batch", views.BatchView.as_view(), {"name": "batch"}),
    path("custom-profile-fields/properties/sie-order", views.OrderView.as_view()),
    path("custom-profile-fields/<str:name>", views.FieldView.as_view()),
]
