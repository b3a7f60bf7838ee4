"""From the authorization request over sign-in to the code."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Resource
from applications.models import Application
from applications.scopes import ORGANIZATIONS_RESOURCE
from common.actors import SYSTEM
from common.clock import now
from common.crypto import sha256_hex
from events.models import AuditLog
from identity.models import User
from identity.services.users import set_user_suspended
from oidc.models import AuthorizationCode, AuthorizationRequest, Grant, Session, SessionAuthorization
from oidc.sessions.sessions import end_session
from tests.oidc.authorization.browsing import CHALLENGE, SPA_REDIRECT, VERIFIER, Browser, answer_of, query_of

pytestmark = pytest.mark.django_db


def code_row(response: object) -> AuthorizationCode:
    return AuthorizationCode.objects.get(code=sha256_hex(answer_of(response)["code"]))


def test_a_request_without_a_session_opens_the_sign_in_page(browser: Browser, spa: Application) -> None:
    response = browser.authorize(spa.id, login_hint="alice@example.com", ui_locales="de fr", organization_id="org1")
    assert response.status_code == 303
    assert response["Location"] == (
        f"/sign-in?app_id={spa.id}&organization_id=org1&ui_locales=de+fr&login_hint=alice%40example.com"
    )
    pending = AuthorizationRequest.objects.get()
    assert (pending.prompt, pending.reasons, pending.origin) == ("login", ["no_session"], "http://localhost:8000")
    assert pending.parameters["state"] == "opaque state"
    log = AuditLog.objects.get(key="Interaction.Create")
    assert log.application_id == spa.id


def test_signing_in_leads_back_to_the_client_with_a_code(browser: Browser, spa: Application, alice: User) -> None:
    response = browser.signed_in(spa.id, alice, nonce="n-1")
    assert response["Location"].startswith(f"{SPA_REDIRECT}?")
    answer = answer_of(response)
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("opaque state", "http://localhost:8000/oidc")
    code = code_row(response)
    assert (code.user_id, code.application_id, code.nonce) == (alice.id, spa.id, "n-1")
    assert (code.code_challenge, code.code_challenge_method) == (CHALLENGE, "S256")
    assert code.redirect_uri == SPA_REDIRECT
    assert code.scope == "openid profile offline_access"
    assert 55 < (code.expires - now()).total_seconds() <= 60
    session = Session.objects.get()
    assert (code.session_id, code.sid) == (session.id, SessionAuthorization.objects.get().id)
    assert session.last_submission == {"interactionEvent": "SignIn"}
    assert not AuthorizationRequest.objects.exists()
    log = AuditLog.objects.get(key="Interaction.End")
    assert (log.user_id, log.payload["result"]) == (alice.id, "Success")


def test_a_live_session_answers_at_once_and_the_grant_is_reused(
    browser: Browser, spa: Application, alice: User
) -> None:
    first = code_row(browser.signed_in(spa.id, alice, scope="openid"))
    second = code_row(browser.authorize(spa.id, scope="openid email"))
    assert (first.grant_id, first.session_id, first.sid) == (second.grant_id, second.session_id, second.sid)
    assert Grant.objects.get().scopes == ["openid", "email"]
    assert (first.scope, second.scope) == ("openid", "openid email")


def test_a_code_carries_only_what_was_asked_for_though_the_grant_holds_more(
    browser: Browser, spa: Application, alice: User
) -> None:
    browser.signed_in(spa.id, alice, scope="openid profile email")
    assert code_row(browser.authorize(spa.id, scope="openid")).scope == "openid"


def test_with_a_live_session_a_code_costs_a_fixed_number_of_statements(
    browser: Browser, spa: Application, alice: User, documents: Resource
) -> None:
    resources = [documents.indicator, ORGANIZATIONS_RESOURCE]
    browser.signed_in(spa.id, alice, scope="openid offline_access read", resource=resources)
    browser.authorize(spa.id, scope="openid offline_access read", resource=resources)
    with CaptureQueriesContext(connection) as queries:
        answer_of(browser.authorize(spa.id, scope="openid offline_access read", resource=resources))
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 5, statements


def test_offline_access_needs_the_consent_prompt(browser: Browser, spa: Application, alice: User) -> None:
    assert code_row(browser.signed_in(spa.id, alice, prompt="login")).scope == "openid profile"
    assert not SessionAuthorization.objects.get().persists_logout
    assert code_row(browser.authorize(spa.id, prompt=None)).scope == "openid profile"
    assert code_row(browser.authorize(spa.id, prompt="consent")).scope == "openid profile offline_access"
    assert SessionAuthorization.objects.get().persists_logout


def test_without_a_resource_there_are_only_the_providers_own_scopes(
    browser: Browser, spa: Application, alice: User, documents: Resource
) -> None:
    code = code_row(browser.signed_in(spa.id, alice, scope="openid read made_up openid"))
    assert (code.scope, code.resource) == ("openid", [])


def test_a_resource_brings_what_it_offers_the_user(
    browser: Browser, spa: Application, alice: User, documents: Resource
) -> None:
    code = code_row(browser.signed_in(spa.id, alice, scope="openid read write", resource=documents.indicator))
    assert (code.scope, code.resource) == ("openid read", [documents.indicator])
    assert Grant.objects.get().resource_scopes == {documents.indicator: ["read"]}


def test_the_default_resource_stands_in_for_none(
    browser: Browser, spa: Application, alice: User, documents: Resource
) -> None:
    documents.is_default = True
    documents.save()
    code = code_row(browser.signed_in(spa.id, alice, scope="openid read"))
    assert (code.scope, code.resource) == ("openid read", [documents.indicator])


def test_resources_may_be_repeated_or_listed_in_a_query(
    browser: Browser, spa: Application, alice: User, documents: Resource
) -> None:
    both = [documents.indicator, ORGANIZATIONS_RESOURCE]
    assert code_row(browser.signed_in(spa.id, alice, resource=both)).resource == both
    assert code_row(browser.authorize(spa.id, resource=",".join(both))).resource == both


def test_nothing_granted_is_access_denied(browser: Browser, spa: Application, alice: User) -> None:
    answer = answer_of(browser.signed_in(spa.id, alice, scope="made_up"))
    assert answer["error"] == "access_denied"
    assert not AuthorizationCode.objects.exists()


def test_two_applications_sign_in_side_by_side(
    browser: Browser, spa: Application, native: Application, alice: User
) -> None:
    browser.authorize(spa.id)
    browser.authorize(native.id, redirect_uri="com.example.app://callback")
    for_spa, for_native, latest = (browser.pending(app_id) for app_id in (spa.id, native.id, None))
    assert for_spa
    assert for_native
    assert latest
    assert (for_spa.application_id, for_native.application_id, latest.id) == (spa.id, native.id, for_native.id)
    assert browser.pending("another") is None


def test_an_application_may_limit_the_grants_of_a_user(spa: Application, alice: User) -> None:
    spa.custom_client_metadata = {"maxAllowedGrants": 1}
    spa.save()
    browsers = [Browser(), Browser()]
    for browser in browsers:
        browser.signed_in(spa.id, alice)
    revoked = Grant.objects.get(revoked_at__isnull=False)
    assert Grant.objects.get(revoked_at=None).created_at > revoked.created_at
    assert not AuthorizationCode.objects.filter(grant=revoked).exists()
    assert AuditLog.objects.get(key="RevokeGrants").payload["revokeGrantIds"] == [revoked.id]
    code_row(browsers[0].authorize(spa.id))
    assert Grant.objects.count() == 3, "a session whose grant was revoked gets a new one"


def test_the_session_slides_while_it_is_used(browser: Browser, spa: Application, alice: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        browser.signed_in(spa.id, alice)
        before = Session.objects.get().expires_at
        clock.shift(timedelta(days=10))
        answer_of(browser.authorize(spa.id))
        assert Session.objects.get().expires_at == before + timedelta(days=10)
        clock.shift(timedelta(days=13))
        answer_of(browser.authorize(spa.id))
        clock.shift(timedelta(days=15))
        assert browser.authorize(spa.id)["Location"].startswith("/sign-in?")


@pytest.mark.parametrize(
    ("extras", "location"),
    [
        ({"first_screen": "register"}, "/register?app_id={id}"),
        ({"first_screen": "reset_password"}, "/reset-password?app_id={id}"),
        (
            {"first_screen": "identifier:register", "identifier": "email phone"},
            "/identifier-register?app_id={id}&identifier=email+phone",
        ),
        ({"first_screen": "identifier:sign_in"}, "/identifier-sign-in?app_id={id}"),
        ({"first_screen": "single_sign_on"}, "/single-sign-on?app_id={id}"),
        ({"first_screen": "signIn"}, "/sign-in?app_id={id}"),
        ({"interaction_mode": "signUp"}, "/register?app_id={id}"),
        ({"interaction_mode": "signUp", "first_screen": "sign_in"}, "/sign-in?app_id={id}"),
        ({"direct_sign_in": "social:github"}, "/direct/social/github?app_id={id}&fallback=sign-in"),
        (
            {"direct_sign_in": "sso:a/b", "first_screen": "register", "login_hint": "a@b.c"},
            "/direct/sso/a%2Fb?app_id={id}&login_hint=a%40b.c&fallback=register",
        ),
        ({"google_one_tap_credential": "jwt"}, "/direct/social/google?app_id={id}&fallback=sign-in"),
        ({"first_screen": "nonsense", "login_hint": "x", "organization_id": "o"}, "/sign-in?app_id={id}"),
        ({"direct_sign_in": "magic:wand", "first_screen": "register"}, "/sign-in?app_id={id}"),
        ({"direct_sign_in": "social:", "first_screen": "register"}, "/sign-in?app_id={id}"),
        ({"identifier": "shoe_size", "first_screen": "register"}, "/sign-in?app_id={id}"),
        (
            {
                "identifier": "email",
                "login_hint": "h",
                "one_time_token": "t",
                "ui_locales": "de",
                "organization_id": "o",
            },
            "/sign-in?app_id={id}&organization_id=o&ui_locales=de&one_time_token=t&login_hint=h&identifier=email",
        ),
    ],
)
def test_the_first_page_is_chosen_by_the_extra_parameters(
    browser: Browser, spa: Application, extras: dict[str, str], location: str
) -> None:
    assert browser.authorize(spa.id, **extras)["Location"] == location.format(id=spa.id)


def test_state_comes_back_untouched(browser: Browser, spa: Application, alice: User) -> None:
    state = "ä&=?#/\\ <script>%00 \"'+"
    assert answer_of(browser.signed_in(spa.id, alice, state=state))["state"] == state
    assert query_of(browser.authorize(spa.id, state=None)).keys() == {"code", "iss"}


def exchange(browser: Browser, **form: str) -> Any:
    return browser.client.post("/oidc/token", form, content_type="application/json")


def test_the_code_is_worth_tokens_that_outlive_signing_out_where_they_may(
    browser: Browser, spa: Application, alice: User, documents: Resource
) -> None:
    response = browser.signed_in(spa.id, alice, scope="openid offline_access read", resource=documents.indicator)
    tokens = exchange(
        browser,
        grant_type="authorization_code",
        client_id=spa.id,
        code=answer_of(response)["code"],
        code_verifier=VERIFIER,
        redirect_uri=SPA_REDIRECT,
    ).json()
    assert tokens["scope"] == "openid offline_access"
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["sub"] == alice.id
    end_session(Session.objects.get())
    refresh = {"grant_type": "refresh_token", "client_id": spa.id, "refresh_token": tokens["refresh_token"]}
    refreshed = exchange(browser, **refresh, resource=documents.indicator).json()
    assert jwt.decode(refreshed["access_token"], options={"verify_signature": False})["scope"] == "read"
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert (
        exchange(browser, **{**refresh, "refresh_token": refreshed["refresh_token"]}).json()["error"] == "invalid_grant"
    )
