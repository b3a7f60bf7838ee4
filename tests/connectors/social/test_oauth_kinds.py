"""Providers of OAuth 2.0: the requests that each wants, and its answers as its documentation has them."""

import hashlib
import hmac
from typing import Any

import pytest

from common.errors import AppError
from tests.connectors.social.web import CLIENT, STATE, Kind, Web, parameters_of

TOKENS = {"access_token": "access-1", "token_type": "bearer", "expires_in": 3600, "refresh_token": "refresh-1"}
SECRET = CLIENT["clientSecret"]


def refusal(action: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(AppError) as failure:
        action(*arguments, **options)
    return failure.value.code


# GitHub.

GITHUB_TOKEN = "https://github.com/login/oauth/access_token"
GITHUB_USER = "https://api.github.com/user"
GITHUB_EMAILS = "https://api.github.com/user/emails"
OCTOCAT = {"login": "octocat", "id": 583231, "avatar_url": "https://avatars.example/u/583231", "name": None}


def email(address: str, *, primary: bool, verified: bool) -> dict[str, Any]:
    return {"email": address, "primary": primary, "verified": verified, "visibility": None}


@pytest.fixture
def github(web: Web) -> Kind:
    web.answer(GITHUB_TOKEN, TOKENS)
    web.answer(GITHUB_USER, {**OCTOCAT, "email": "public@idp.example"})
    web.answer(GITHUB_EMAILS, [email("dana@idp.example", primary=True, verified=True)])
    return Kind("github-universal", CLIENT)


def test_github(web: Web, github: Kind) -> None:
    sent = parameters_of(github.start().url)
    assert (sent["scope"], sent["login"], sent["code_challenge_method"]) == (
        "read:user user:email",
        "dana@idp.example",
        "S256",
    )
    user = github.sign_in().user
    assert (user.id, user.email, user.name) == ("583231", "dana@idp.example", "octocat")
    assert user.avatar == "https://avatars.example/u/583231"
    assert web.sent_to(GITHUB_USER).headers["x-github-api-version"] == "2022-11-28"
    assert web.sent_to(GITHUB_TOKEN).headers["accept"] == "application/json"


@pytest.mark.parametrize(
    "rows",
    [
        [email("dana@idp.example", primary=True, verified=False)],
        [email("dana@idp.example", primary=False, verified=True)],
        [],
        ["dana@idp.example"],
        {"message": "Not Found"},
    ],
)
def test_an_address_of_github_is_the_verified_primary_one_or_none(web: Web, github: Kind, rows: Any) -> None:
    """Not the public one of the profile: the user may have chosen another since."""
    web.answer(GITHUB_EMAILS, rows)
    assert github.sign_in().user.email is None


def test_github_may_not_let_us_see_addresses(web: Web, github: Kind) -> None:
    for status in (403, 404):
        web.answer(GITHUB_EMAILS, {"message": "Resource not accessible by integration"}, status=status)
        assert github.sign_in().user.email is None


def test_github_answers_errors_with_status_200(web: Web, github: Kind) -> None:
    web.answer(GITHUB_TOKEN, {"error": "bad_verification_code", "error_description": "The code is incorrect."})
    assert refusal(github.sign_in) == "connector.social_auth_code_invalid"


# Facebook.

FACEBOOK = "https://graph.facebook.com/v23.0"


def test_facebook_wants_commas_and_gets_a_proof_of_the_token(web: Web) -> None:
    web.answer(f"{FACEBOOK}/oauth/access_token", {"access_token": "access-1", "expires_in": 5183944})
    web.answer(
        f"{FACEBOOK}/me",
        {
            "id": "10223",
            "name": "Dana Delgado",
            "email": "dana@idp.example",
            "picture": {"data": {"height": 50, "url": "https://idp.example/dana.jpg", "width": 50}},
        },
    )
    kind = Kind("facebook-universal", CLIENT)
    assert parameters_of(kind.start().url)["scope"] == "email,public_profile"
    user = kind.sign_in().user
    assert (user.id, user.email, user.avatar) == ("10223", None, "https://idp.example/dana.jpg")
    proof = hmac.new(SECRET.encode(), b"access-1", hashlib.sha256).hexdigest()
    assert web.sent_to(f"{FACEBOOK}/me").query["appsecret_proof"] == proof
    trusting = Kind("facebook-universal", {**CLIENT, "trustUnverifiedEmail": True})
    assert trusting.sign_in().user.email == "dana@idp.example"


def test_facebook_answers_an_object_as_the_error(web: Web) -> None:
    error = {"message": "This authorization code has been used.", "type": "OAuthException", "code": 100}
    web.answer(f"{FACEBOOK}/oauth/access_token", {"error": error}, status=400)
    with pytest.raises(AppError) as failure:
        Kind("facebook-universal", CLIENT).sign_in()
    assert failure.value.data == {"error": "OAuthException", "errorDescription": error["message"]}


# Discord, X, Amazon, Patreon.


def test_discord(web: Web) -> None:
    web.answer("https://discord.com/api/v10/oauth2/token", TOKENS)
    account = {"id": "80351110224678912", "username": "nelly", "avatar": "8342729096ea3675442027381ff50dfe"}
    web.answer("https://discord.com/api/v10/users/@me", {**account, "verified": True, "email": "nelly@idp.example"})
    kind = Kind("discord-universal", CLIENT)
    user = kind.sign_in().user
    assert (user.id, user.name, user.email) == ("80351110224678912", "nelly", "nelly@idp.example")
    assert user.avatar == f"https://cdn.discordapp.com/avatars/{account['id']}/{account['avatar']}.png"
    unverified = {**account, "verified": False, "email": "nelly@idp.example", "avatar": None}
    web.answer("https://discord.com/api/v10/users/@me", unverified)
    assert (kind.sign_in().user.email, kind.sign_in().user.avatar) == (None, None)


def test_x_authenticates_the_client_by_basic_and_wraps_the_user(web: Web) -> None:
    web.answer("https://api.x.com/2/oauth2/token", TOKENS)
    account = {"id": "2244994945", "name": "Dana", "username": "dana", "profile_image_url": "https://idp.example/d.jpg"}
    web.answer("https://api.x.com/2/users/me", {"data": account})
    kind = Kind("x-universal", CLIENT)
    user = kind.sign_in().user
    assert (user.id, user.name, user.email) == ("2244994945", "Dana", None)
    assert web.sent_to("https://api.x.com/2/oauth2/token").headers["authorization"].startswith("Basic ")
    assert web.sent_to("https://api.x.com/2/oauth2/token").form["code_verifier"]
    web.answer("https://api.x.com/2/users/me", {"errors": [{"title": "Forbidden"}]})
    assert refusal(kind.sign_in) == "connector.invalid_response"


def test_amazon(web: Web) -> None:
    web.answer("https://api.amazon.com/auth/o2/token", TOKENS)
    account = {"user_id": "amzn1.account.K2LI23KL2LK2", "email": "dana@idp.example", "name": "Dana"}
    web.answer("https://api.amazon.com/user/profile", account)
    assert Kind("amazon-universal", CLIENT).sign_in().user.email is None
    user = Kind("amazon-universal", {**CLIENT, "trustUnverifiedEmail": True}).sign_in().user
    assert (user.id, user.email) == ("amzn1.account.K2LI23KL2LK2", "dana@idp.example")


def test_patreon(web: Web) -> None:
    identity = "https://www.patreon.com/api/oauth2/v2/identity"
    attributes = {"email": "dana@idp.example", "is_email_verified": True, "full_name": "Dana", "image_url": None}
    web.answer("https://www.patreon.com/api/oauth2/token", TOKENS)
    web.answer(identity, {"data": {"type": "user", "id": "12345", "attributes": attributes}})
    kind = Kind("patreon-universal", CLIENT)
    assert parameters_of(kind.start().url)["scope"] == "identity identity[email]"
    user = kind.sign_in().user
    assert (user.id, user.email, user.name) == ("12345", "dana@idp.example", "Dana")
    assert web.sent_to(identity).query["fields[user]"].startswith("email,")
    attributes["is_email_verified"] = False
    assert kind.sign_in().user.email is None
    web.answer(identity, {"data": []})
    assert refusal(kind.sign_in) == "connector.invalid_response"


# Kakao and Naver.


@pytest.mark.parametrize(("valid", "verified"), [(True, True), (True, False), (False, True), (None, True)])
def test_kakao(web: Web, valid: bool | None, verified: bool) -> None:
    web.answer("https://kauth.kakao.com/oauth/token", TOKENS)
    account = {
        "profile": {"nickname": "Dana", "profile_image_url": "http://k.kakaocdn.net/d.jpg", "is_default_image": False},
        "email": "dana@idp.example",
        "is_email_valid": valid,
        "is_email_verified": verified,
        "phone_number": "+82 10-1234-5678",
    }
    web.answer("https://kapi.kakao.com/v2/user/me", {"id": 123456789, "kakao_account": account})
    kind = Kind("kakao-universal", {"clientId": "rest-key", "scope": "profile_nickname account_email"})
    assert parameters_of(kind.start().url)["scope"] == "profile_nickname,account_email"
    user = kind.sign_in().user
    assert (user.id, user.name, user.phone) == ("123456789", "Dana", None)
    assert user.email == ("dana@idp.example" if valid and verified else None)
    # Not even an empty one: Kakao would compare it.
    form = web.sent_to("https://kauth.kakao.com/oauth/token").form
    assert (form["client_id"], "client_secret" in form) == ("rest-key", False)


def test_kakao_gives_what_the_user_has_consented_to(web: Web) -> None:
    web.answer("https://kauth.kakao.com/oauth/token", TOKENS)
    web.answer("https://kapi.kakao.com/v2/user/me", {"id": 1})
    user = Kind("kakao-universal", CLIENT).sign_in().user
    assert (user.id, user.name, user.email, user.avatar) == ("1", None, None, None)


def test_naver_wants_the_state_once_more(web: Web) -> None:
    web.answer("https://nid.naver.com/oauth2.0/token", {**TOKENS, "expires_in": "3600"})
    account = {"id": "32742776", "nickname": "Dana", "email": "dana@idp.example", "name": "Delgado"}
    web.answer("https://openapi.naver.com/v1/nid/me", {"resultcode": "00", "message": "success", "response": account})
    kind = Kind("naver-universal", CLIENT)
    found = kind.sign_in()
    assert (found.user.id, found.user.name, found.user.email) == ("32742776", "Delgado", None)
    assert found.tokens is not None
    assert found.tokens.expires_at
    assert web.sent_to("https://nid.naver.com/oauth2.0/token").form["state"] == STATE
    web.answer("https://openapi.naver.com/v1/nid/me", {"resultcode": "024", "message": "Authentication failed"})
    assert refusal(kind.sign_in) == "connector.invalid_response"
    web.answer("https://nid.naver.com/oauth2.0/token", {"error": "invalid_request", "error_description": "no"})
    assert refusal(kind.sign_in) == "connector.authorization_failed"


# KOOK.


def test_kook_answers_errors_with_status_200(web: Web) -> None:
    user = "https://www.kookapp.cn/api/v3/user/me"
    web.answer("https://www.kookapp.cn/api/oauth2/token", TOKENS)
    account = {"id": "364862", "username": "Dana", "avatar": "https://img.kookapp.cn/d.jpg", "mobile_verified": True}
    web.answer(user, {"code": 0, "message": "", "data": account})
    kind = Kind("kook-universal", CLIENT)
    found = kind.sign_in().user
    assert (found.id, found.name, found.avatar) == ("364862", "Dana", "https://img.kookapp.cn/d.jpg")
    web.answer(user, {"code": 401, "message": "no", "data": []})
    assert refusal(kind.sign_in) == "connector.social_invalid_access_token"


# OAuth 2.0.

IDP = "https://idp.example"
OAUTH2 = {
    **CLIENT,
    "authorizationEndpoint": f"{IDP}/authorize",
    "tokenEndpoint": f"{IDP}/token",
    "userInfoEndpoint": f"{IDP}/me",
}


def test_the_profile_of_a_standard_provider_is_where_the_developer_says(web: Web) -> None:
    web.answer(f"{IDP}/token", TOKENS)
    web.answer(
        f"{IDP}/me",
        {
            "data": {"uid": 7, "display": "Dana"},
            "mail": "dana@idp.example",
            "tel": "+1 202 555 0117",
            "a.b": "https://x.example/",
        },
    )
    places = {"id": "data.uid", "name": "data.display", "email": "mail", "phone": "tel", "avatar": "a.b"}
    kind = Kind("oauth2", {**OAUTH2, "profileMap": places, "tokenEndpointAuthMethod": "client_secret_basic"})
    user = kind.sign_in().user
    assert (user.id, user.name, user.avatar) == ("7", "Dana", "https://x.example/")
    assert (user.email, user.phone) == (None, None)
    trusting = Kind("oauth2", {**OAUTH2, "profileMap": places, "trustUnverifiedEmail": True})
    assert trusting.sign_in().user.email == "dana@idp.example"
    assert refusal(Kind("oauth2", {**OAUTH2, "profileMap": {"id": "data.none.x"}}).sign_in) == (
        "connector.invalid_response"
    )


def test_addresses_of_a_standard_provider_count_if_it_says_that_they_are_verified(web: Web) -> None:
    web.answer(f"{IDP}/token", TOKENS)
    account = {"id": "7", "email": "dana@idp.example", "phone": "+1 202 555 0117"}
    web.answer(f"{IDP}/me", {**account, "email_verified": True, "phone_number_verified": True})
    user = Kind("oauth2", OAUTH2).sign_in().user
    assert (user.email, user.phone) == ("dana@idp.example", "12025550117")
    web.answer(f"{IDP}/me", {**account, "email_verified": "true", "phone_number_verified": 1})
    user = Kind("oauth2", OAUTH2).sign_in().user
    assert (user.email, user.phone) == (None, None)
