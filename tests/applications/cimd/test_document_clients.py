"""What a client with a metadata document gets, from the question to its last token."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from access.models import Resource, Scope
from applications.cimd.service import switch_cimd
from applications.cimd.stand_in import ensure_stand_in
from applications.models import Application
from applications.services.consent_configuration import (
    ScopeType,
    allow_user_consent_scopes,
    disallow_user_consent_scope,
)
from common.actors import SYSTEM
from events.models import AuditLog
from identity.models import User
from identity.selectors import user_info
from identity.services.users import create_user, mark_signed_in
from oidc.models import AccessToken, Grant, GrantOrganization, RefreshToken, SessionAuthorization
from oidc.sessions.selectors import grant_info, list_grants, list_sessions, session_info
from oidc.sessions.sessions import end_session
from organizations.models import Organization, OrganizationRole, OrganizationScope
from tests.applications.agents import AGENT, Agent, Web, document
from tests.oidc.authorization.browsing import VERIFIER, answer_of
from tests.oidc.tokens.parties import API, ISSUER, ORGANIZATIONS, ORGANIZATIONS_RESOURCE, Party, join
from tests.oidc.tokens.proofs import Key, assertion_of, key_set
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

OTHER = "https://other.example/client.json"
OTHER_CALLBACK = "https://other.example/callback"


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def scope_ids(*names: str) -> list[str]:
    return list(Scope.objects.filter(name__in=names).values_list("id", flat=True))


@pytest.fixture
def ceiling(cimd: Web, api: Resource, admin_role: OrganizationRole) -> Application:
    """The tenant lets such clients ask for things and, in one organization, for more."""
    stand_in = ensure_stand_in()
    allow_user_consent_scopes(
        stand_in,
        user_scopes=["profile", ORGANIZATIONS],
        resource_scope_ids=scope_ids("read:things"),
        organization_resource_scope_ids=scope_ids("own:things"),
        organization_scope_ids=list(
            OrganizationScope.objects.filter(name="read:documents").values_list("id", flat=True)
        ),
        actor=SYSTEM,
    )
    return stand_in


@pytest.fixture
def stark(alice: User, admin_role: OrganizationRole) -> Organization:
    organization = Organization.objects.create(name="Stark")
    join(organization, alice, admin_role)
    return organization


EVERYTHING: dict[str, Any] = {
    "scope": f"openid offline_access profile {ORGANIZATIONS} read:things write:things own:things"
    " read:documents create:documents",
    "resource": [API, ORGANIZATIONS_RESOURCE],
}


class TestConsent:
    def test_is_asked_for_each_time(self, agent: Agent, alice: User) -> None:
        agent.tokens(alice)
        again = agent.ask()
        assert again["Location"].startswith("/consent")
        assert agent.redeem(agent.allow()["code"])["access_token"]
        assert Grant.objects.filter(cimd_client_id=AGENT).count() == 2

    def test_without_it_there_is_nothing(self, agent: Agent, alice: User) -> None:
        agent.tokens(alice)
        assert answer_of(agent.ask(prompt="none"))["error"] == "consent_required"

    def test_names_the_client_by_its_address(self, agent: Agent, alice: User) -> None:
        agent.ask(alice)
        application = agent.question["application"]
        assert application == {"id": AGENT, "name": "Agent"}

    def test_says_what_is_asked_again(self, agent: Agent, ceiling: Application, alice: User) -> None:
        agent.tokens(alice, scope="openid profile")
        agent.ask(scope="openid profile")
        assert agent.question["missingOIDCScope"] == ["profile"]

    def test_offline_access_needs_no_prompt(self, agent: Agent, alice: User) -> None:
        """The user consents each time, so nothing is left for the client to ask for (OpenID Connect Core 11)."""
        tokens = agent.tokens(alice, scope="openid offline_access", prompt=None)
        assert agent.refresh(tokens["refresh_token"]).status_code == 200

    def test_an_answer_is_worth_nothing_to_another_client(self, agent: Agent, cimd: Web, alice: User) -> None:
        cimd.serve(document(OTHER, redirect_uris=[OTHER_CALLBACK]), at=OTHER)
        agent.tokens(alice)
        other = Agent(OTHER, OTHER_CALLBACK, agent.browser)
        assert other.ask()["Location"].startswith("/consent")
        other.redeem(other.allow()["code"])
        places = SessionAuthorization.objects.values_list("cimd_client_id", flat=True)
        assert sorted(places) == sorted([AGENT, OTHER])


class TestCeiling:
    def test_is_empty_until_developers_say_more(self, agent: Agent, alice: User) -> None:
        assert answer_of(agent.ask(alice, scope="openid profile")) == {
            "error": "invalid_scope",
            "error_description": "requested scope is not allowed",
            "scope": "profile",
            "state": "opaque state",
            "iss": ISSUER,
        }

    def test_bounds_every_scope(self, agent: Agent, ceiling: Application, alice: User) -> None:
        tokens = agent.tokens(alice, **EVERYTHING)
        assert set(tokens["scope"].split()) == {"openid", "offline_access", "profile", ORGANIZATIONS}
        answer = agent.refresh(tokens["refresh_token"], resource=API).json()
        assert answer["scope"] == "read:things"
        claims = Party(ceiling, agent.browser.client).claims(answer["access_token"], API)
        assert (claims["client_id"], claims["sub"], claims["aud"]) == (AGENT, alice.id, API)

    def test_what_is_taken_from_it_is_gone_with_the_next_token(
        self, agent: Agent, ceiling: Application, alice: User
    ) -> None:
        tokens = agent.tokens(alice, **EVERYTHING)
        scope_id = scope_ids("read:things")[0]
        disallow_user_consent_scope(ceiling, scope_type=ScopeType.RESOURCE_SCOPES, scope_id=scope_id, actor=SYSTEM)
        assert agent.refresh(tokens["refresh_token"], resource=API).json()["scope"] == ""

    def test_of_another_tenant_means_nothing(self, agent: Agent, alice: User) -> None:
        assert Application.with_hidden.filter(registration_source="cimd").count() == 1
        assert not Application.objects.filter(registration_source="cimd").exists()


class TestOrganization:
    def test_one_is_chosen_for_each_grant(
        self, agent: Agent, ceiling: Application, alice: User, wayne: Organization, stark: Organization
    ) -> None:
        first = agent.tokens(alice, wayne, **EVERYTHING)
        agent.ask(**EVERYTHING)
        second = agent.redeem(agent.allow(stark)["code"])
        for tokens, let_in, shut_out in ((first, wayne, stark), (second, stark, wayne)):
            answer = agent.refresh(tokens["refresh_token"], organization_id=let_in.id)
            assert answer.json()["scope"] == "read:documents"
            tokens |= answer.json()
            assert refusal(agent.refresh(tokens["refresh_token"], organization_id=shut_out.id)) == (
                403,
                "access_denied",
            )

    def test_no_more_than_one(
        self, agent: Agent, ceiling: Application, alice: User, wayne: Organization, stark: Organization
    ) -> None:
        agent.ask(alice, **EVERYTHING)
        answer = agent.post(wayne, stark)
        assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")
        assert agent.post(wayne, wayne).status_code == 200

    def test_none_is_fine(self, agent: Agent, ceiling: Application, alice: User, wayne: Organization) -> None:
        tokens = agent.tokens(alice, **EVERYTHING)
        answer = agent.refresh(tokens["refresh_token"], organization_id=wayne.id)
        assert refusal(answer) == (403, "access_denied")

    def test_permissions_that_count_within_it_alone(
        self, agent: Agent, ceiling: Application, alice: User, wayne: Organization, stark: Organization
    ) -> None:
        tokens = agent.tokens(alice, wayne, **EVERYTHING)
        for organization, scope in ((wayne, "own:things"), (stark, None)):
            answer = agent.refresh(tokens["refresh_token"], resource=API, organization_id=organization.id).json()
            tokens |= answer if scope else {}
            assert scope is None or scope in answer["scope"].split()
        assert answer["error"] == "access_denied"

    def test_claims_know_of_no_other(
        self, agent: Agent, ceiling: Application, alice: User, wayne: Organization, stark: Organization
    ) -> None:
        tokens = agent.tokens(alice, wayne, **{**EVERYTHING, "resource": None})
        told = agent.browser.client.get(
            "/oidc/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        ).json()
        assert told["organizations"] == [wayne.id]

    def test_it_goes_with_the_membership(
        self, agent: Agent, ceiling: Application, alice: User, wayne: Organization
    ) -> None:
        agent.tokens(alice, wayne, **EVERYTHING)
        wayne.members.filter(user=alice).delete()
        assert not GrantOrganization.objects.exists()


class TestTokens:
    def test_introspection_userinfo_revocation(self, agent: Agent, alice: User) -> None:
        tokens = agent.tokens(alice)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert agent.browser.client.get("/oidc/me", headers=bearer).json() == {"sub": alice.id}
        active = agent.call("token/introspection", token=tokens["access_token"]).json()
        assert (active["active"], active["client_id"], active["sub"]) == (True, AGENT, alice.id)
        assert agent.call("token/revocation", token=tokens["refresh_token"]).status_code == 200
        assert agent.call("token/introspection", token=tokens["access_token"]).json() == {"active": False}
        assert agent.browser.client.get("/oidc/me", headers=bearer).status_code == 401

    def test_another_client_has_nothing_of_them(self, agent: Agent, cimd: Web, alice: User) -> None:
        """Both are rows of one application; only the grant tells them apart."""
        cimd.serve(document(OTHER, redirect_uris=[OTHER_CALLBACK]), at=OTHER)
        other = Agent(OTHER, OTHER_CALLBACK)
        tokens = agent.tokens(alice)
        assert refusal(other.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
        assert other.call("token/introspection", token=tokens["access_token"]).json() == {"active": False}
        assert other.call("token/revocation", token=tokens["refresh_token"]).status_code == 200
        assert agent.refresh(tokens["refresh_token"]).status_code == 200
        agent.ask()
        code = agent.allow()["code"]
        stolen = other.call("token", grant_type="authorization_code", code=code, redirect_uri=agent.redirect_uri)
        assert refusal(stolen) == (400, "invalid_grant")

    def test_the_stand_in_is_no_client(self, agent: Agent, alice: User) -> None:
        tokens = agent.tokens(alice)
        stand_in = Agent(ensure_stand_in().id)
        assert refusal(stand_in.ask()) == (400, "invalid_client")
        assert refusal(stand_in.refresh(tokens["refresh_token"])) == (400, "invalid_client")

    def test_id_token_is_for_the_address(self, agent: Agent, ceiling: Application, alice: User) -> None:
        tokens = agent.tokens(alice, nonce="once")
        claims = Party(ceiling, agent.browser.client).claims(tokens["id_token"], AGENT)
        assert (claims["aud"], claims["sub"], claims["nonce"]) == (AGENT, alice.id, "once")

    def test_no_other_grant_types(self, agent: Agent) -> None:
        for grant in ("client_credentials", "urn:ietf:params:oauth:grant-type:device_code"):
            assert refusal(agent.call("token", grant_type=grant)) == (400, "invalid_request")
        assert refusal(agent.call("device/auth")) == (400, "invalid_request")

    def test_pkce_is_required(self, agent: Agent, alice: User) -> None:
        answer = answer_of(agent.ask(alice, code_challenge=None, code_challenge_method=None))
        assert answer["error"] == "invalid_request"

    def test_while_it_is_off_they_are_worth_nothing(self, agent: Agent, alice: User, traditional: Party) -> None:
        tokens = agent.tokens(alice)
        switch_cimd(is_on=False, actor=SYSTEM)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert agent.browser.client.get("/oidc/me", headers=bearer).status_code == 401
        assert agent.browser.client.get("/api/my-account", headers=bearer).status_code == 401
        for name in ("access_token", "refresh_token"):
            assert traditional.introspect(tokens[name]) == {"active": False}
        assert refusal(agent.refresh(tokens["refresh_token"])) == (400, "invalid_client")
        switch_cimd(is_on=True, actor=SYSTEM)
        assert agent.refresh(tokens["refresh_token"]).status_code == 200

    def test_rows_refer_to_the_stand_in(self, agent: Agent, ceiling: Application, alice: User) -> None:
        agent.tokens(alice)
        for model in (AccessToken, RefreshToken, Grant, SessionAuthorization):
            assert set(model.objects.values_list("application_id", flat=True)) == {ceiling.id}

    def test_signing_out(self, cimd: Web, agent: Agent, alice: User) -> None:
        away = "https://agent.example/away"
        cimd.serve(document(post_logout_redirect_uris=[away]))
        tokens = agent.tokens(alice, scope="openid")
        browser = agent.browser.client
        query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": away}
        page = browser.get("/oidc/session/end", query)
        assert page.status_code == 200
        assert browser.get("/oidc/session/end", {**query, "post_logout_redirect_uri": f"{away}/"}).status_code == 400
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        session = SessionAuthorization.objects.select_related("session__user").get().session
        end_session(session)
        assert browser.get("/oidc/me", headers=bearer).status_code == 401

    def test_pushed_requests_are_their_clients(self, agent: Agent, cimd: Web, alice: User) -> None:
        cimd.serve(document(OTHER, redirect_uris=[OTHER_CALLBACK]), at=OTHER)
        request = agent.browser.request_of(AGENT, redirect_uri=agent.redirect_uri)
        pushed = agent.browser.client.post(
            "/oidc/request", {**request, "scope": "openid"}, content_type="application/json"
        )
        assert pushed.status_code == 201, pushed.content
        uri = pushed.json()["request_uri"]
        foreign = agent.browser.client.get("/oidc/auth", {"client_id": OTHER, "request_uri": uri})
        assert refusal(foreign) == (400, "invalid_request_uri")
        own = agent.browser.client.get("/oidc/auth", {"client_id": AGENT, "request_uri": uri})
        assert own["Location"].startswith("/sign-in")


class TestTraces:
    def test_the_branding_cookie_leaves_the_client_out(self, agent: Agent) -> None:
        agent.ask(organization_id="wayne", ui_locales="de")
        assert json.loads(unquote(agent.browser.client.cookies["_logto"].value)) == {
            "organizationId": "wayne",
            "uiLocales": "de",
        }

    def test_the_audit_log_names_it(self, agent: Agent, alice: User) -> None:
        tokens = agent.tokens(alice)
        agent.refresh(tokens["refresh_token"])
        keys = ("Interaction.Create", "Interaction.Consent.Submit", "ExchangeTokenBy.AuthorizationCode")
        for key in (*keys, "ExchangeTokenBy.RefreshToken"):
            entry = AuditLog.objects.filter(key=key).first()
            assert entry is not None, key
            assert entry.application_id is None
            assert entry.payload["cimdClientId"] == AGENT
            assert "applicationId" not in entry.payload

    def test_sessions_and_grants_name_it(self, agent: Agent, alice: User) -> None:
        agent.tokens(alice)
        session = session_info(list_sessions(alice.id).get())
        assert session["clientId"] == AGENT
        assert list(session["payload"]["authorizations"]) == [AGENT]
        grant = grant_info(list_grants(alice.id, is_third_party=True).get())
        assert grant["application"] == {"id": AGENT, "name": "Agent"}
        assert grant["payload"]["clientId"] == AGENT

    def test_a_grant_keeps_the_name_it_was_given_under(self, agent: Agent, cimd: Web, alice: User) -> None:
        agent.tokens(alice)
        cimd.fail()
        assert grant_info(list_grants(alice.id).get())["application"]["name"] == "Agent"

    def test_several_interactions_in_one_browser(self, agent: Agent, cimd: Web) -> None:
        long = f"https://other.example/{'a' * 2000}"
        cimd.serve(document(long, redirect_uris=[OTHER_CALLBACK]), at=long)
        agent.ask()
        Agent(long, OTHER_CALLBACK, agent.browser).ask()
        for client_id in (AGENT, long):
            pending = agent.browser.pending(client_id)
            assert pending is not None
            assert pending.client_id == client_id
        assert len(agent.browser.client.cookies["_interaction"].value) < 1000


class TestUserStamp:
    def test_the_first_client_is_remembered(self, client: Client, tenant: Any) -> None:
        user = create_user(username="erin", actor=SYSTEM)
        mark_signed_in(user, cimd_client_id=AGENT)
        mark_signed_in(user, application_id="app")
        stored = User.objects.get(id=user.id)
        assert (stored.application_id, stored.cimd_client_id) == (None, AGENT)
        assert (user.application_id, user.cimd_client_id) == (None, AGENT)


class TestJourney:
    def test_signing_in_stamps_the_user(self, agent: Agent, alice: User) -> None:
        agent.ask()
        browser, path = agent.browser.client, "/api/experience"
        browser.put(path, {"interactionEvent": "SignIn"}, content_type="application/json")
        identifier = {"type": "username", "value": "alice"}
        proof = {"identifier": identifier, "password": PASSWORD}
        proven = browser.post(f"{path}/verification/password", proof, content_type="application/json")
        body = {"verificationId": proven.json()["verificationId"]}
        assert browser.post(f"{path}/identification", body, content_type="application/json").status_code == 204
        assert browser.post(f"{path}/submit").status_code == 200
        stored = User.objects.get(id=alice.id)
        assert (stored.application_id, stored.cimd_client_id) == (None, AGENT)
        assert user_info(stored)["cimdClientId"] == AGENT
        entry = AuditLog.objects.get(key="Interaction.SignIn.Submit")
        assert (entry.application_id, entry.payload["cimdClientId"]) == (None, AGENT)


class TestSignedAuthentication:
    """A document may name keys instead of nothing: the client then proves that it holds one."""

    def redeem(self, agent: Agent, alice: User, assertion: str | None) -> Any:
        agent.ask(alice)
        proof = assertion_of(assertion) if assertion else {}
        form = {"code": agent.allow()["code"], "redirect_uri": agent.redirect_uri, "code_verifier": VERIFIER}
        return agent.call("token", grant_type="authorization_code", **form, **proof)

    def test_with_keys_in_the_document(self, agent: Agent, cimd: Web, alice: User) -> None:
        key, other = Key("one"), Key("two")
        cimd.serve(document(token_endpoint_auth_method="private_key_jwt", jwks=key_set(key)))
        assert refusal(self.redeem(agent, alice, None)) == (401, "invalid_client")
        assert refusal(self.redeem(agent, alice, other.assertion(AGENT))) == (401, "invalid_client")
        assert self.redeem(agent, alice, key.assertion(AGENT)).status_code == 200

    def test_with_keys_at_an_address(self, agent: Agent, cimd: Web, alice: User) -> None:
        key, keys = Key("one"), "https://agent.example/keys.json"
        cimd.serve(key_set(key), at=keys)
        cimd.serve(document(token_endpoint_auth_method="private_key_jwt", jwks_uri=keys))
        assert self.redeem(agent, alice, key.assertion(AGENT)).status_code == 200
        assert cimd.asked == [AGENT, keys]

    def test_an_assertion_of_another_client(self, agent: Agent, cimd: Web, alice: User) -> None:
        key = Key("one")
        cimd.serve(document(token_endpoint_auth_method="private_key_jwt", jwks=key_set(key)))
        assert refusal(self.redeem(agent, alice, key.assertion(OTHER))) == (401, "invalid_client")


def test_a_token_costs_what_that_of_an_application_costs(
    agent: Agent, ceiling: Application, alice: User, django_assert_num_queries: Any
) -> None:
    """One statement reads the code, one redeems it; the organization that was let into takes one more."""
    agent.tokens(alice, scope="openid profile offline_access")
    agent.ask()
    code = agent.allow()["code"]
    form = {"code": code, "redirect_uri": agent.redirect_uri, "code_verifier": VERIFIER}
    with django_assert_num_queries(3):
        answer = agent.call("token", grant_type="authorization_code", **form)
    with django_assert_num_queries(3):
        agent.refresh(answer.json()["refresh_token"])
