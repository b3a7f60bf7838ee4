"""The Management API's `sign-in-exp`, as a machine-to-machine application sees it."""

from typing import Any

import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from management_api.auth import Principal
from management_api.sign_in_experience import views
from tenants.models import Tenant

CAROL = Principal("app", "carols-application", frozenset({"all"}))


def call(view: Any, verb: str, body: Any = None, *, principal: Principal | None = CAROL, query: str = "") -> Any:
    request = getattr(APIRequestFactory(), verb)(f"/{query}", body, format="json")
    if principal:
        # A caller of the API is no row of Django's user model, for which the stubs ask.
        force_authenticate(request, principal)  # type: ignore[arg-type]
    answer = view.as_view()(request)
    answer.render()
    return answer.status_code, answer.data


def patch(**changes: Any) -> Any:
    return call(views.SignInExperienceView, "patch", changes)


def test_shows_the_whole_row(tenant: Tenant) -> None:
    status, body = call(views.SignInExperienceView, "get")
    assert status == 200
    assert set(body) == {
        "tenantId", "id", "color", "branding", "hideLogtoBranding", "languageInfo", "termsOfUseUrl",
        "privacyPolicyUrl", "agreeToTermsPolicy", "signIn", "signUp", "socialSignIn",
        "socialSignInConnectorTargets", "signInMode", "customCss", "customContent", "customUiAssets", "customUiCsp",
        "passwordPolicy", "usernamePolicy", "mfa", "adaptiveMfa", "singleSignOnEnabled", "supportEmail",
        "supportWebsiteUrl", "unknownSessionRedirectUrl", "captchaPolicy", "sentinelPolicy", "emailBlocklistPolicy",
        "verificationCodePolicy", "forgotPasswordMethods", "passkeySignIn", "signUpProfileFields",
        "passwordExpiration", "signInRestrictionPolicy", "trustedDevice",
    }  # fmt: skip


def test_is_closed_without_a_token(tenant: Tenant) -> None:
    for view, verb in (
        (views.SignInExperienceView, "get"),
        (views.SignInExperienceView, "patch"),
        (views.PasswordCheckView, "post"),
        (views.UsernameConflictsView, "get"),
    ):
        assert call(view, verb, principal=None)[0] == 401
        assert call(view, verb, principal=Principal("app", "x", frozenset()))[0] == 403


def test_changes_and_answers_the_whole_row(tenant: Tenant) -> None:
    status, body = patch(
        signInMode="SignIn",
        color={"primaryColor": "#0f0", "isDarkModeEnabled": False, "darkPrimaryColor": "#00FF00"},
        termsOfUseUrl="",
        supportEmail="help@example.com",
        customContent={"/about": "<p>Hello</p>"},
        unknown="dropped",
    )
    assert status == 200
    assert (body["signInMode"], body["color"]["primaryColor"], body["termsOfUseUrl"]) == ("SignIn", "#0f0", "")
    assert call(views.SignInExperienceView, "get")[1] == body


@pytest.mark.parametrize(
    "changes",
    [
        {"color": {"primaryColor": "red", "isDarkModeEnabled": True, "darkPrimaryColor": "#000"}},
        {"color": {"primaryColor": "#0000", "isDarkModeEnabled": True, "darkPrimaryColor": "#000"}},
        {"color": {"primaryColor": "#000\n", "isDarkModeEnabled": True, "darkPrimaryColor": "#000"}},
        {"color": {"primaryColor": "#000"}},
        {"branding": {"logoUrl": "javascript:alert(1)"}},
        {"termsOfUseUrl": "ftp://example.com"},
        {"unknownSessionRedirectUrl": "/relative"},
        {"supportEmail": "nobody"},
        {"signInMode": "Closed"},
        {"signIn": {"methods": [{"identifier": "username", "password": True}]}},
        {"signIn": {"methods": [{"identifier": "pet", "password": True, "verificationCode": False}]}},
        {"signUp": {"identifiers": ["emailOrPhone"], "password": True, "verify": True}},
        {"singleSignOnEnabled": "false"},
        {"sentinelPolicy": {"maxAttempts": 0}},
        {"verificationCodePolicy": {"expirationDuration": 59}},
        {"verificationCodePolicy": {"maxRetryAttempts": 101}},
        {"passwordPolicy": {"characterTypes": {"min": 5}}},
        {"forgotPasswordMethods": ["Password"]},
        {"customUiCsp": {"styleSrc": []}},
        {"customContent": {"/about": 1}},
        {"languageInfo": None},
    ],
)
def test_malformed_members_are_refused(tenant: Tenant, changes: dict[str, Any]) -> None:
    status, body = patch(**changes)
    assert (status, body["code"]) == (400, "guard.invalid_input")


def test_nothing_to_change(tenant: Tenant) -> None:
    status, body = patch()
    assert (status, body["code"]) == (422, "entity.invalid_input")


def check(**body: Any) -> Any:
    return call(views.PasswordCheckView, "post", body)


def test_checks_a_password(alice: User) -> None:
    assert check(password="walnut tractor 51", userId=alice.id) == (200, {"result": True})
    status, body = check(password="short", userId=alice.id)
    assert (status, body["result"]) == (400, False)
    assert {"code": "password_rejected.too_short", "interpolation": {"min": 8}} in body["issues"]
    assert check(password="AliceArcher", userId=alice.id)[1]["issues"] == [
        {"code": "password_rejected.restricted.user_info"}
    ]


def test_check_needs_a_user_while_user_info_is_rejected(alice: User) -> None:
    status, body = check(password="walnut tractor 51")
    assert (status, body["code"]) == (400, "request.invalid_input")
    patch(passwordPolicy={"rejects": {"userInfo": False}})
    assert check(password="walnut tractor 51") == (200, {"result": True})
    assert check(password="walnut tractor 51", userId="nobody")[0] == 404


def test_lists_names_that_clash(tenant: Tenant) -> None:
    ids = [create_user(username=name, actor=SYSTEM).id for name in ("Bob", "bob", "BOB", "Eve", "eve")]
    status, body = call(views.UsernameConflictsView, "get", query="?limit=1")
    assert status == 200
    assert body == {"totalConflicts": 2, "samples": [{"usernameLower": "bob", "userIds": sorted(ids[:3])}]}
    assert call(views.UsernameConflictsView, "get", query="?limit=101")[0] == 400
