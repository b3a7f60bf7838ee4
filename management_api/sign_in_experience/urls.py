"""Addresses of the sign-in experience."""

from django.urls import path

from management_api.sign_in_experience import views

urlpatterns = [
    path("sign-in-exp", views.SignInExperienceView.as_view()),
    path("sign-in-exp/default/custom-ui-assets", views.CustomUiAssetsView.as_view()),
    path("sign-in-exp/default/check-password", views.PasswordCheckView.as_view()),
    path("sign-in-exp/username-policy/case-sensitivity-conflicts", views.UsernameConflictsView.as_view()),
]
