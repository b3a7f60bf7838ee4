"""Addresses of stored files."""

from django.urls import path

from tenants.files import views

urlpatterns = [path("<str:name>", views.stored_file)]
