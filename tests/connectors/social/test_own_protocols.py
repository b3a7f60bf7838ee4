"""Providers with an OAuth of their own: other names, other forms, errors with status 200, signed calls."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from common.errors import AppError
from tests.connectors.social.web import CALLBACK, CLIENT, STATE, Kind, Web, parameters_of
from tests.spec.saml.messages import key_pair

TOKENS = {"access_token": "access-1", "token_type": "bearer", "expires_in": 3600, "refresh_token": "refresh-1"}
SECRET = CLIENT["clientSecret"]


def refusal(action: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(AppError) as failure:
        action(*arguments, **options)
    return failure.value.code


# WeChat.

WECHAT_TOKEN = "https://api.weixin.qq.com/sns/oauth2/access_token"
WECHAT_USER = "https://api.weixin.qq.com/sns/userinfo"
WECHAT = {"appId": "wx-1", "appSecret": "wechat-secret"}


@pytest.fixture
def wechat(web: Web) -> Kind:
    web.answer(WECHAT_TOKEN, {**TOKENS, "openid": "open-1", "scope": "snsapi_login"}, content_type="text/plain")
    account = {
        "openid": "open-1",
        "nickname": "Dana",
        "headimgurl": "https://thirdwx.qlogo.cn/d/0",
        "unionid": "union-1",
    }
    web.answer(WECHAT_USER, account, content_type="text/plain")
    return Kind("wechat-web", WECHAT)


def test_wechat_has_its_own_names_for_everything(web: Web, wechat: Kind) -> None:
    url = wechat.start().url
    assert url.startswith("https://open.weixin.qq.com/connect/qrconnect?")
    assert url.endswith("#wechat_redirect")
    assert parameters_of(url) == {
        "appid": "wx-1",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "snsapi_login",
        "state": STATE,
    }
    user = wechat.sign_in().user
    assert (user.id, user.name, user.avatar) == ("union-1", "Dana", "https://thirdwx.qlogo.cn/d/0")
    assert dict(web.sent_to(WECHAT_TOKEN).query) == {
        "appid": "wx-1",
        "secret": "wechat-secret",
        "code": "code-1",
        "grant_type": "authorization_code",
    }
    assert dict(web.sent_to(WECHAT_USER).query) == {"access_token": "access-1", "openid": "open-1"}


def test_a_developer_with_one_application_of_wechat_has_no_unionid(web: Web, wechat: Kind) -> None:
    web.answer(WECHAT_USER, {"openid": "open-1", "nickname": "Dana", "headimgurl": ""})
    user = wechat.sign_in().user
    assert (user.id, user.avatar) == ("open-1", None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (40029, "connector.social_auth_code_invalid"),
        (40163, "connector.social_auth_code_invalid"),
        (40125, "connector.authorization_failed"),
        (40001, "connector.social_invalid_access_token"),
    ],
)
def test_wechat_answers_errors_with_status_200(web: Web, wechat: Kind, code: int, expected: str) -> None:
    web.answer(WECHAT_TOKEN, {"errcode": code, "errmsg": "no, rid: 1"}, content_type="text/plain")
    assert refusal(wechat.sign_in) == expected


def test_a_native_application_hands_its_parameters_to_wechats_sdk(web: Web, wechat: Kind) -> None:
    native = Kind("wechat-native", {**WECHAT, "universalLinks": "https://acme.example/app/"})
    url = native.start().url
    assert url.startswith("wechat://?")
    assert parameters_of(url) == {"app_id": "wx-1", "state": STATE, "universal_links": "https://acme.example/app/"}
    assert native.sign_in().user.id == "union-1"


# Feishu, DingTalk, QQ.

FEISHU_TOKEN = "https://open.feishu.cn/open-apis/authen/v2/oauth/token"
FEISHU_USER = "https://open.feishu.cn/open-apis/authen/v1/user_info"


def test_feishu_wants_json(web: Web) -> None:
    web.answer(FEISHU_TOKEN, {"code": 0, **TOKENS})
    account = {
        "name": "Dana",
        "avatar_url": "https://idp.example/d.png",
        "open_id": "ou_1",
        "email": "dana@idp.example",
    }
    web.answer(FEISHU_USER, {"code": 0, "msg": "success", "data": account})
    kind = Kind("feishu-web", {"appId": "cli_1", "appSecret": "feishu-secret"})
    assert parameters_of(kind.start().url)["client_id"] == "cli_1"
    session = kind.start().session
    user = kind.finish(session).user
    assert (user.id, user.name, user.email) == ("ou_1", "Dana", None)
    assert web.sent_to(FEISHU_TOKEN).json == {
        "grant_type": "authorization_code",
        "client_id": "cli_1",
        "client_secret": "feishu-secret",
        "code": "code-1",
        "redirect_uri": CALLBACK,
        "code_verifier": session["codeVerifier"],
    }
    web.answer(FEISHU_USER, {"code": 20005, "msg": "The user access token is invalid", "data": {}})
    assert refusal(kind.sign_in) == "connector.social_invalid_access_token"
    web.answer(FEISHU_TOKEN, {"code": 20003, "error": "invalid_grant", "error_description": "used"}, status=400)
    assert refusal(kind.sign_in) == "connector.social_auth_code_invalid"
    web.answer(FEISHU_TOKEN, {"code": 20002, "error": "invalid_client"}, status=400)
    assert refusal(kind.sign_in) == "connector.authorization_failed"


DINGTALK_TOKEN = "https://api.dingtalk.com/v1.0/oauth2/userAccessToken"
DINGTALK_USER = "https://api.dingtalk.com/v1.0/contact/users/me"


def test_dingtalk_has_its_own_names_and_its_own_header(web: Web) -> None:
    answer = {"accessToken": "access-1", "refreshToken": "refresh-1", "expireIn": 7200, "corpId": "corp-1"}
    web.answer(DINGTALK_TOKEN, answer)
    account = {"nick": "Dana", "unionId": "union-1", "openId": "open-1", "avatarUrl": "https://idp.example/d.png"}
    web.answer(DINGTALK_USER, {**account, "mobile": "13800000000", "stateCode": "86", "email": "dana@idp.example"})
    kind = Kind("dingtalk-web", CLIENT)
    sent = parameters_of(kind.start().url)
    assert (sent["scope"], sent["prompt"]) == ("openid", "consent")
    session = kind.start().session
    found = kind.finish(session, code=None, authCode="code-1")
    assert (found.user.id, found.user.name, found.user.email) == ("union-1", "Dana", None)
    assert found.tokens is not None
    assert (found.tokens.access_token, found.tokens.refresh_token) == ("access-1", "refresh-1")
    assert found.tokens.expires_at
    assert web.sent_to(DINGTALK_TOKEN).json["code"] == "code-1"
    assert web.sent_to(DINGTALK_USER).headers["x-acs-dingtalk-access-token"] == "access-1"
    web.answer(DINGTALK_TOKEN, {"code": "invalidParameter.authCode.notFound", "message": "no"}, status=400)
    assert refusal(kind.finish, session, authCode="code-1") == "connector.social_auth_code_invalid"


QQ = "https://graph.qq.com"


@pytest.fixture
def qq(web: Web) -> Kind:
    web.answer(f"{QQ}/oauth2.0/token", {**TOKENS, "expires_in": "7776000"}, content_type="text/html")
    known = 'callback( {"client_id":"client-1","openid":"open-1","unionid":"union-1"} );\n'
    web.answer(f"{QQ}/oauth2.0/me", known, content_type="text/html")
    account = {"ret": 0, "msg": "", "nickname": "Dana", "figureurl_qq_1": "http://q.qlogo.cn/40", "figureurl_qq_2": ""}
    web.answer(f"{QQ}/user/get_user_info", account, content_type="text/html")
    return Kind("qq-universal", CLIENT)


def test_qq_answers_calls_of_scripts(web: Web, qq: Kind) -> None:
    user = qq.sign_in().user
    assert (user.id, user.name, user.avatar) == ("union-1", "Dana", "http://q.qlogo.cn/40")
    assert web.sent_to(f"{QQ}/oauth2.0/token").query["client_secret"] == SECRET
    web.answer(f"{QQ}/oauth2.0/token", "access_token=access-1&expires_in=7776000", content_type="text/html")
    web.answer(f"{QQ}/oauth2.0/me", {"client_id": "client-1", "openid": "open-1"}, content_type="text/html")
    assert qq.sign_in().user.id == "open-1"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            'callback( {"error":100020,"error_description":"code is reused"} );',
            "connector.social_auth_code_invalid",
        ),
        ('callback( {"error":100004,"error_description":"wrong"} );', "connector.authorization_failed"),
        ("<html>", "connector.invalid_response"),
        ("callback( [] );", "connector.invalid_response"),
        ("", "connector.invalid_response"),
    ],
)
def test_qq_says_what_is_wrong_with_status_200(web: Web, qq: Kind, body: str, code: str) -> None:
    web.answer(f"{QQ}/oauth2.0/token", body, content_type="text/html")
    assert refusal(qq.sign_in) == code


def test_a_token_of_another_application_does_not_sign_in_here(web: Web, qq: Kind) -> None:
    web.answer(f"{QQ}/oauth2.0/me", {"client_id": "another", "openid": "open-1"})
    assert refusal(qq.sign_in) == "connector.social_invalid_access_token"
    web.answer(f"{QQ}/user/get_user_info", {"ret": -23, "msg": "token is invalid"})
    web.answer(f"{QQ}/oauth2.0/me", {"client_id": "client-1", "openid": "open-1"})
    assert refusal(qq.sign_in) == "connector.authorization_failed"


# Xiaomi, WeCom, Alipay.


def test_xiaomi_keeps_its_answers_from_running_as_scripts(web: Web) -> None:
    token, user = "https://account.xiaomi.com/oauth2/token", "https://open.account.xiaomi.com/user/profile"
    body = (
        '&&&START&&&{"access_token":"access-1","expires_in":7776000,"scope":"1 3","token_type":"mac","openId":"open-1"}'
    )
    web.answer(token, body, content_type="text/html")
    account = {"miliaoNick": "Dana", "miliaoIcon": "http://img.example/d.jpg", "unionId": "union-1"}
    web.answer(user, {"result": "ok", "description": "no error", "data": account, "code": 0})
    kind = Kind("xiaomi-universal", CLIENT)
    found = kind.sign_in().user
    assert (found.id, found.name, found.avatar) == ("union-1", "Dana", "http://img.example/d.jpg")
    assert dict(web.sent_to(user).query) == {"clientId": "client-1", "token": "access-1"}
    web.answer(user, {"result": "ok", "data": {"miliaoNick": "Dana"}, "code": 0})
    assert kind.sign_in().user.id == "open-1"
    web.answer(user, {"result": "error", "data": {}, "code": 96008})
    assert refusal(kind.sign_in) == "connector.social_invalid_access_token"
    web.answer(token, '&&&START&&&{"error":96013,"error_description":"invalid code"}', status=400)
    assert refusal(kind.sign_in) == "connector.social_auth_code_invalid"
    web.answer(token, "&&&START&&&[]")
    assert refusal(kind.sign_in) == "connector.invalid_response"


WECOM = "https://qyapi.weixin.qq.com/cgi-bin"


def test_wecom_lets_the_members_of_the_company_in(web: Web) -> None:
    """And nobody else; the token is the company's, so that nothing is stored of it."""
    ok = {"errcode": 0, "errmsg": "ok"}
    web.answer(f"{WECOM}/gettoken", {**ok, "access_token": "company-1", "expires_in": 7200})
    web.answer(f"{WECOM}/auth/getuserinfo", {**ok, "userid": "dana"})
    web.answer(f"{WECOM}/user/get", {**ok, "userid": "dana", "name": "Dana", "avatar": ""})
    kind = Kind("wecom-universal", {"corpId": "ww-1", "appSecret": "wecom-secret", "agentId": "1000002"})
    sent = parameters_of(kind.start().url)
    assert (sent["appid"], sent["agentid"], sent["state"]) == ("ww-1", "1000002", STATE)
    found = kind.sign_in()
    assert (found.user.id, found.user.name, found.tokens) == ("dana", "Dana", None)
    assert dict(web.sent_to(f"{WECOM}/gettoken").query) == {"corpid": "ww-1", "corpsecret": "wecom-secret"}
    web.answer(f"{WECOM}/auth/getuserinfo", {**ok, "openid": "of-somebody-else"})
    assert refusal(kind.sign_in) == "connector.invalid_response"
    web.answer(f"{WECOM}/auth/getuserinfo", {"errcode": 40029, "errmsg": "invalid code"})
    assert refusal(kind.sign_in) == "connector.social_auth_code_invalid"
    web.answer(f"{WECOM}/gettoken", {"errcode": 60020, "errmsg": "not allow to access from your ip"})
    assert refusal(kind.sign_in) == "connector.authorization_failed"


GATEWAY = "https://openapi.alipay.com/gateway.do"


def alipay_key() -> RSAPrivateKey:
    key = load_pem_private_key(key_pair("idp")[0].encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


@pytest.fixture
def alipay(web: Web) -> Kind:
    """A gateway with one address for everything: it tells by `method` what is asked."""
    answers = {
        "alipay.system.oauth.token": {
            "alipay_system_oauth_token_response": {"access_token": "access-1", "user_id": "2088", "expires_in": 300}
        },
        "alipay.user.info.share": {
            "alipay_user_info_share_response": {
                "code": "10000",
                "msg": "Success",
                "open_id": "o-1",
                "nick_name": "Dana",
            }
        },
    }
    web.answer(GATEWAY, lambda: answers[web.sent[-1].form["method"]])
    return Kind("alipay-web", {"appId": "2021", "privateKey": key_pair("idp")[0]})


def test_alipays_gateway_takes_signed_calls(web: Web, alipay: Kind) -> None:
    sent = parameters_of(alipay.start().url)
    assert (sent["app_id"], sent["scope"], sent["redirect_uri"]) == ("2021", "auth_user", CALLBACK)
    found = alipay.finish(alipay.start().session, code=None, auth_code="code-1")
    assert (found.user.id, found.user.name) == ("o-1", "Dana")
    for call in web.sent:
        form = dict(call.form)
        signature = base64.b64decode(form.pop("sign"))
        signed = "&".join(f"{name}={value}" for name, value in sorted(form.items()))
        alipay_key().public_key().verify(signature, signed.encode(), PKCS1v15(), SHA256())
    assert (web.sent[0].form["code"], web.sent[1].form["auth_token"]) == ("code-1", "access-1")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"error_response": {"code": "40002", "sub_code": "isv.code-invalid"}}, "connector.social_auth_code_invalid"),
        ({"error_response": {"code": "40001", "msg": "Missing"}}, "connector.authorization_failed"),
        ({"sign": "x"}, "connector.invalid_response"),
        ({"alipay_system_oauth_token_response": {"user_id": "2088"}}, "connector.invalid_response"),
    ],
)
def test_alipays_gateway_refuses(web: Web, alipay: Kind, body: Any, code: str) -> None:
    web.answer(GATEWAY, body)
    assert refusal(alipay.finish, alipay.start().session, auth_code="code-1") == code


def test_an_alipay_key_is_in_pem_or_bare_and_strong_enough(web: Web) -> None:
    bare = alipay_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    native = Kind("alipay-native", {"appId": "2021", "privateKey": base64.b64encode(bare).decode()})
    assert native.start().url == f"alipay://?app_id=2021&state={STATE}"
    for bad in ("no key", base64.b64encode(b"no key").decode()):
        assert refusal(Kind, "alipay-web", {"appId": "2021", "privateKey": bad}) == "connector.invalid_config"
    weak = generate_private_key(65537, 1024).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    config = {"appId": "2021", "privateKey": base64.b64encode(weak).decode()}
    assert refusal(Kind, "alipay-web", config) == "connector.invalid_config"
    assert refusal(Kind, "alipay-web", {"appId": "2021", "privateKey": key_pair("idp")[0], "signType": "RSA"}) == (
        "connector.invalid_config"
    )
