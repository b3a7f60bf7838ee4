"""Addresses of custom phrases."""

from django.urls import path

from management_api.custom_phrases import views

urlpatterns = [
    path("custom-phrases", views.CustomPhrasesView.as_view()),
    path("custom-phrases/<str:language_tag>", views.CustomPhraseView.as_view()),
]
