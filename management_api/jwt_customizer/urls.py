"""Addresses of the scripts for custom token claims."""

from django.urls import path

from management_api.jwt_customizer import views

urlpatterns = [
    path("configs/jwt-customizer", views.CustomizersView.as_view()),
    path("configs/jwt-customizer/test", views.TrialView.as_view()),
    path("configs/jwt-customizer/<str:token_type_path>", views.CustomizerView.as_view()),
]
