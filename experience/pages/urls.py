"""Addresses of the hosted pages."""

from django.urls import path, re_path

from experience.pages.views import (
    consent,
    demo,
    device,
    direct,
    forgot_password,
    messages,
    one_time_token,
    profile,
    register,
    sign_in,
    verification_code,
)

app_name = "pages"

urlpatterns = [
    path("", messages.landing, name="root"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/password", sign_in.sign_in_password, name="sign-in-password"),
    path("identifier-sign-in", sign_in.identifier_sign_in, name="identifier-sign-in"),
    path("register", register.register, name="register"),
    path("register/password", profile.register_password, name="register-password"),
    path("identifier-register", register.identifier_register, name="identifier-register"),
    path("forgot-password", forgot_password.forgot_password, name="forgot-password"),
    path("forgot-password/reset", forgot_password.reset_password, name="forgot-password-reset"),
    path("reset-password", forgot_password.forgot_password, name="reset-password"),
    re_path(
        r"^(?P<flow>sign-in|register|forgot-password|continue)/verification-code$",
        verification_code.verification_code,
        name="verification-code",
    ),
    path("continue/<str:part>", profile.continue_profile, name="continue"),
    path("single-sign-on", messages.to_sign_in, name="single-sign-on"),
    path("direct/<str:method>", direct.direct, name="direct"),
    path("direct/<str:method>/<path:target>", direct.direct, name="direct-target"),
    path("one-time-token", one_time_token.one_time_token, name="one-time-token"),
    path("one-time-token/error", one_time_token.failed, name="one-time-token-error"),
    path("switch-account", one_time_token.switch_account, name="switch-account"),
    path("consent", consent.consent, name="consent"),
    path("device", device.device, name="device"),
    path("device/success", device.success, name="device-success"),
    path("demo-app", demo.demo_app, name="demo-app"),
    path("device-demo-app", demo.device_demo_app, name="device-demo-app"),
    path("device-demo-app/code.svg", demo.device_code_image, name="device-code-image"),
    path("unknown-session", messages.unknown_session, name="unknown-session"),
    path("account-suspended", messages.account_suspended, name="account-suspended"),
]
