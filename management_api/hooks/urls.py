"""Addresses of webhooks."""

from django.urls import path

from management_api.hooks import views

urlpatterns = [
    path("hooks", views.HooksView.as_view()),
    path("hooks/<str:id>", views.HookView.as_view()),
    path("hooks/<str:id>/signing-key", views.SigningKeyView.as_view()),
    path("hooks/<str:id>/test", views.TestView.as_view()),
    path("hooks/<str:id>/resume", views.ResumptionView.as_view()),
    path("hooks/<str:id>/recent-logs", views.RecentLogsView.as_view()),
    path("hooks/<str:id>/deliveries", views.DeliveriesView.as_view()),
    path("hooks/<str:id>/deliveries/replay", views.ReplayView.as_view()),
    path("hooks/<str:id>/deliveries/<str:delivery_id>", views.DeliveryView.as_view()),
    path("hooks/<str:id>/deliveries/<str:delivery_id>/replay", views.DeliveryReplayView.as_view()),
]
