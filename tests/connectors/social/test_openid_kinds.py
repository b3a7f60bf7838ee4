"""Providers that speak OpenID Connect: what each is asked, and what its ID tokens are taken for."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from common.errors import AppError
from connectors.oauth.discovery import forget_published
from tests.connectors.social.web import CALLBACK, CLIENT, STATE, Issuer, Kind, Web, parameters_of

GOOGLE_KEYS = "https://www.googleapis.com/oauth2/v3/certs"
GOOGLE_TOKEN = "https://oauth2.googleapis.com/token"
PROFILE: dict[str, Any] = {"name": "Dana Delgado", "picture": "https://idp.example/dana.png"}
EMAIL: dict[str, Any] = {"email": "dana@idp.example", "email_verified": True}


def refusal(action: Any, *arguments: Any, **options: Any) -> tuple[str, Any]:
    with pytest.raises(AppError) as failure:
        action(*arguments, **options)
    return failure.value.code, failure.value.data


def finish_with(web: Web, kind: Kind, issuer: Issuer, *, token: str, jwks: str, **claims: Any) -> Any:
    """Sign in: the provider issues an ID token with these claims, and the nonce."""
    # Another test's issuer may have had other keys.
    forget_published()
    session = kind.start().session
    web.answer(jwks, issuer.jwks)
    claims = {"nonce": session["nonce"], **claims}
    web.answer(token, {"access_token": "access-1", "id_token": issuer.sign(**claims), "token_type": "Bearer"})
    return kind.finish(session)


# Google.


def test_google(web: Web) -> None:
    kind = Kind("google-universal", {**CLIENT, "prompts": ["consent", "select_account"], "offlineAccess": True})
    sent = parameters_of(kind.start().url)
    assert kind.start().url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert (sent["scope"], sent["prompt"], sent["access_type"]) == (
        "openid profile email",
        "consent select_account",
        "offline",
    )
    assert sent["login_hint"] == "dana@idp.example"
    assert {"nonce", "code_challenge", "state"} <= sent.keys()
    for issuer in ("https://accounts.google.com", "accounts.google.com"):
        found = finish_with(web, kind, Issuer(issuer), token=GOOGLE_TOKEN, jwks=GOOGLE_KEYS, **PROFILE, **EMAIL)
        assert (found.user.id, found.user.email, found.user.name) == ("user-1", "dana@idp.example", "Dana Delgado")
        assert found.user.avatar == "https://idp.example/dana.png"


def test_google_asks_for_nothing_that_was_not_chosen(web: Web) -> None:
    sent = parameters_of(Kind("google-universal", CLIENT).start().url)
    assert not {"prompt", "access_type"} & sent.keys()
    with pytest.raises(AppError):
        Kind("google-universal", {**CLIENT, "prompts": ["none", "login"]})


@pytest.fixture
def one_tap(web: Web) -> tuple[Kind, Issuer]:
    issuer = Issuer("https://accounts.google.com")
    web.answer(GOOGLE_KEYS, issuer.jwks)
    return Kind("google-universal", {**CLIENT, "oneTap": {"isEnabled": True}}), issuer


def test_a_credential_of_one_tap_signs_in_without_a_redirect(web: Web, one_tap: tuple[Kind, Issuer]) -> None:
    kind, issuer = one_tap
    credential = issuer.sign(**PROFILE, **EMAIL, azp=CLIENT["clientId"])
    found = kind.factory.connector.finish(kind.config, data={"credential": credential, "g_csrf_token": "x"}, session={})
    assert (found.user.id, found.user.email, found.tokens) == ("user-1", "dana@idp.example", None)
    assert [sent.url for sent in web.sent] == [GOOGLE_KEYS]


def test_a_credential_must_be_googles_and_for_this_client(one_tap: tuple[Kind, Issuer]) -> None:
    kind, issuer = one_tap

    def verify(credential: Any, kind: Kind = kind) -> tuple[str, Any]:
        return refusal(kind.factory.connector.finish, kind.config, data={"credential": credential}, session={})

    invalid = "connector.social_invalid_id_token"
    assert verify(issuer.sign(aud="another-client")) == (invalid, {"reason": "aud"})
    assert verify(Issuer("https://accounts.google.com").sign()) == (invalid, {"reason": "signature"})
    assert verify(7) == (invalid, {"reason": "missing"})
    switched_off = Kind("google-universal", {**CLIENT, "oneTap": {"isEnabled": False}})
    assert verify(issuer.sign(), switched_off)[0] == "connector.invalid_config"
    # Nor does it take the place of the code in a sign-in that was started.
    session = kind.start().session
    data = {"credential": issuer.sign(), "state": STATE}
    assert refusal(kind.factory.connector.finish, kind.config, data=data, session=session)[0] == (
        "connector.social_auth_code_invalid"
    )


# Apple.

APPLE = "https://appleid.apple.com"
SERVICE = {"clientId": CLIENT["clientId"]}


@pytest.fixture
def apple(web: Web) -> Issuer:
    issuer = Issuer(APPLE)
    web.answer(f"{APPLE}/auth/keys", issuer.jwks)
    return issuer


def test_apple_posts_an_id_token_and_the_name_the_first_time(web: Web, apple: Issuer) -> None:
    kind = Kind("apple-universal", SERVICE)
    start = kind.start()
    sent = parameters_of(start.url)
    assert (sent["response_type"], sent["response_mode"], sent["scope"]) == ("code id_token", "form_post", "name email")
    assert "code_challenge" not in sent
    token = apple.sign(nonce=start.session["nonce"], email="dana@privaterelay.appleid.com", email_verified="true")
    user = '{"name":{"firstName":"Dana","lastName":"Delgado"},"email":"mallory@victim.example"}'
    found = kind.finish(start.session, id_token=token, user=user)
    assert (found.user.id, found.user.name) == ("user-1", "Dana Delgado")
    # The address is that of the ID token: the rest comes with the browser, which may write anything.
    assert found.user.email == "dana@privaterelay.appleid.com"
    assert found.tokens is None
    assert kind.finish(start.session, id_token=token).user.name is None
    for odd in ("{", "[]", '{"name":7}', '{"name":{"firstName":{}}}', "x" * 5000, 7):
        assert kind.finish(start.session, id_token=token, user=odd).user.name is None
    # Only keys were fetched.
    assert {sent.url for sent in web.sent} == {f"{APPLE}/auth/keys"}


def test_apples_id_token_is_bound_to_the_browser_by_the_nonce_and_the_code(apple: Issuer) -> None:
    kind = Kind("apple-universal", SERVICE)
    session = kind.start().session
    stolen = apple.sign(nonce=kind.start().session["nonce"])
    assert refusal(kind.finish, session, id_token=stolen)[1] == {"reason": "nonce"}
    assert refusal(kind.finish, session)[1] == {"reason": "missing"}
    other_code = apple.sign(nonce=session["nonce"], c_hash="x" * 22)
    assert refusal(kind.finish, session, id_token=other_code)[1] == {"reason": "c_hash"}
    cancelled = refusal(kind.finish, session, error="user_cancelled_authorize")
    assert cancelled == ("connector.authorization_failed", {"error": "user_cancelled_authorize"})


def test_with_a_key_apple_confirms_the_code_as_well(web: Web, apple: Issuer) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    kind = Kind("apple-universal", {**SERVICE, "teamId": "TEAM123456", "keyId": "KEY1234567", "privateKey": pem})
    session = kind.start().session
    token = apple.sign(nonce=session["nonce"])
    answer = {"access_token": "access-1", "refresh_token": "refresh-1", "id_token": apple.sign()}
    web.answer(f"{APPLE}/auth/token", answer)
    found = kind.finish(session, id_token=token)
    assert found.tokens is not None
    assert found.tokens.refresh_token == "refresh-1"
    form = web.sent_to(f"{APPLE}/auth/token").form
    secret = form["client_secret"]
    assert jwt.get_unverified_header(secret)["kid"] == "KEY1234567"
    claims = jwt.decode(secret, key.public_key(), algorithms=["ES256"], audience=APPLE)
    assert (claims["iss"], claims["sub"]) == ("TEAM123456", CLIENT["clientId"])
    assert (form["client_id"], form["redirect_uri"]) == (CLIENT["clientId"], CALLBACK)
    # A code of another user's, next to one's own ID token.
    web.answer(f"{APPLE}/auth/token", {**answer, "id_token": apple.sign(sub="user-2")})
    assert refusal(kind.finish, session, id_token=token)[1] == {"reason": "sub"}


@pytest.mark.parametrize("key", ["no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_apples_key_is_checked(key: str) -> None:
    for config in (
        {"privateKey": key, "teamId": "T", "keyId": "K"},
        {"teamId": "T"},
        {"keyId": "K", "privateKey": key},
    ):
        with pytest.raises(AppError) as failure:
            Kind("apple-universal", {**SERVICE, **config})
        assert failure.value.code == "connector.invalid_config"


# Microsoft.

TENANT = "11111111-2222-3333-4444-555555555555"
CLOUD = "https://login.microsoftonline.com"
MICROSOFT = {**CLIENT, "cloudInstance": CLOUD + "/", "tenantId": "common"}


def microsoft(web: Web, config: dict[str, Any], *, issuer: str = "", **claims: Any) -> Any:
    kind = Kind("azuread-universal", config)
    base = f"{CLOUD}/{config['tenantId']}"
    signer = Issuer(issuer or f"{CLOUD}/{TENANT}/v2.0")
    web.answer(f"{base}/discovery/v2.0/keys", signer.jwks)
    return finish_with(
        web,
        kind,
        signer,
        token=f"{base}/oauth2/v2.0/token",
        jwks=f"{base}/discovery/v2.0/keys",
        **{"tid": TENANT, "oid": "object-1", **claims},
    )


def test_microsoft(web: Web) -> None:
    kind = Kind("azuread-universal", {**MICROSOFT, "prompts": ["select_account"], "scopes": "email User.Read"})
    url = kind.start().url
    assert url.startswith(f"{CLOUD}/common/oauth2/v2.0/authorize?")
    assert (parameters_of(url)["scope"], parameters_of(url)["prompt"]) == ("openid email User.Read", "select_account")
    found = microsoft(web, MICROSOFT, name="Dana Delgado")
    assert (found.user.id, found.user.name, found.issuer) == ("object-1", "Dana Delgado", f"{CLOUD}/{TENANT}/v2.0")


def test_an_address_that_an_administrator_wrote_into_an_entra_account_is_nobodys(web: Web) -> None:
    """nOAuth: `email` of an account in the attacker's own tenant is the victim's address."""
    victim: dict[str, Any] = {
        "email": "carol@victim.example",
        "email_verified": True,
        "preferred_username": "carol@victim.example",
    }
    for claims in (victim, {**victim, "xms_edov": False}, {**victim, "xms_edov": "false"}, {**victim, "xms_edov": 0}):
        found = microsoft(web, MICROSOFT, **claims)
        assert found.user.email is None
        assert found.user.raw_data["email"] == "carol@victim.example"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "dana@idp.example", "xms_edov": True},
        {"email": "dana@idp.example", "xms_edov": 1},
        {"email": "dana@idp.example", "xms_edov": "1"},
        {"verified_primary_email": ["dana@idp.example"], "email": "carol@victim.example"},
    ],
)
def test_microsoft_says_by_claims_of_their_own_that_an_address_is_verified(web: Web, claims: dict[str, Any]) -> None:
    assert microsoft(web, MICROSOFT, **claims).user.email == "dana@idp.example"


@pytest.mark.parametrize(
    ("tenant", "issuer"),
    [
        ("common", f"{CLOUD}/another/v2.0"),
        (TENANT, f"{CLOUD}/99999999-2222-3333-4444-555555555555/v2.0"),
        # Personal accounts alone: not one of a company.
        ("consumers", f"{CLOUD}/{TENANT}/v2.0"),
    ],
)
def test_an_account_of_another_tenant_is_refused(web: Web, tenant: str, issuer: str) -> None:
    code, data = refusal(microsoft, web, {**MICROSOFT, "tenantId": tenant}, issuer=issuer)
    assert (code, data) == ("connector.social_invalid_id_token", {"reason": "iss"})


@pytest.mark.parametrize("tenant", ["../evil", "a/b", "a?b", "", "a b"])
def test_a_tenant_is_no_path(tenant: str) -> None:
    with pytest.raises(AppError) as failure:
        Kind("azuread-universal", {**MICROSOFT, "tenantId": tenant})
    assert failure.value.code == "connector.invalid_config"


# GitLab, Slack, LinkedIn, LINE, Hugging Face.


def test_gitlab_says_in_userinfo_whether_the_address_is_verified(web: Web) -> None:
    kind = Kind("gitlab-universal", CLIENT)
    web.answer("https://gitlab.com/oauth/userinfo", {"sub": "user-1", **PROFILE, **EMAIL})
    place = {"token": "https://gitlab.com/oauth/token", "jwks": "https://gitlab.com/oauth/discovery/keys"}
    found = finish_with(web, kind, Issuer("https://gitlab.com"), **place)
    assert (found.user.email, found.user.name) == ("dana@idp.example", "Dana Delgado")
    assert web.sent_to("https://gitlab.com/oauth/token").form["code_verifier"]
    web.answer("https://gitlab.com/oauth/userinfo", {"sub": "user-2", **EMAIL})
    assert refusal(finish_with, web, kind, Issuer("https://gitlab.com"), **place) == (
        "connector.invalid_response",
        {"reason": "sub"},
    )


def test_slack_answers_errors_with_status_200(web: Web) -> None:
    kind = Kind("slack-universal", CLIENT)
    place = {
        "token": "https://slack.com/api/openid.connect.token",
        "jwks": "https://slack.com/openid/connect/keys",
    }
    found = finish_with(web, kind, Issuer("https://slack.com"), **place, **PROFILE, **EMAIL)
    assert (found.user.id, found.user.email) == ("user-1", "dana@idp.example")
    web.answer(place["token"], {"ok": False, "error": "invalid_code"})
    assert refusal(kind.sign_in)[0] == "connector.social_auth_code_invalid"


def test_linkedin_leaves_the_nonce_out_and_writes_flags_as_texts(web: Web) -> None:
    kind = Kind("linkedin-universal", CLIENT)
    assert "code_challenge" not in parameters_of(kind.start().url)
    place = {
        "token": "https://www.linkedin.com/oauth/v2/accessToken",
        "jwks": "https://www.linkedin.com/oauth/openid/jwks",
    }
    claims: dict[str, Any] = {**PROFILE, "email": "dana@idp.example", "email_verified": "true", "nonce": None}
    found = finish_with(web, kind, Issuer("https://www.linkedin.com/oauth"), **place, **claims)
    assert (found.user.id, found.user.email) == ("user-1", "dana@idp.example")


def test_lines_channel_secret_signs_its_id_tokens(web: Web) -> None:
    kind = Kind("line-universal", CLIENT)
    issuer = Issuer("https://access.line.me")

    def finish(kind: Kind, secret: str) -> Any:
        session = kind.start().session
        claims = {"nonce": session["nonce"], "email": "dana@idp.example", **PROFILE}
        token = jwt.encode(issuer.claims(**claims), secret, algorithm="HS256")
        web.answer("https://api.line.me/oauth2/v2.1/token", {"access_token": "access-1", "id_token": token})
        return kind.finish(session)

    user = finish(kind, CLIENT["clientSecret"]).user
    # LINE does not say whether the address is verified.
    assert (user.id, user.email, user.name) == ("user-1", None, "Dana Delgado")
    trusting = Kind("line-universal", {**CLIENT, "trustUnverifiedEmail": True})
    assert finish(trusting, CLIENT["clientSecret"]).user.email == "dana@idp.example"
    assert refusal(finish, kind, "another-secret-of-32-characters-!")[0] == "connector.social_invalid_id_token"


def test_hugging_face_is_known_by_its_metadata(web: Web) -> None:
    base = "https://huggingface.co"
    web.answer(
        f"{base}/.well-known/openid-configuration",
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "userinfo_endpoint": f"{base}/oauth/userinfo",
            "jwks_uri": f"{base}/oauth/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        },
    )
    web.answer(f"{base}/oauth/userinfo", {"sub": "user-1", **PROFILE, **EMAIL})
    kind = Kind("huggingface-universal", CLIENT)
    place = {"token": f"{base}/oauth/token", "jwks": f"{base}/oauth/jwks"}
    found = finish_with(web, kind, Issuer(base), **place)
    assert (found.user.email, found.issuer) == ("dana@idp.example", base)
    assert web.sent_to(f"{base}/oauth/token").headers["authorization"].startswith("Basic ")
    # The metadata was fetched once for both halves.
    assert [sent.url for sent in web.sent].count(f"{base}/.well-known/openid-configuration") == 1
