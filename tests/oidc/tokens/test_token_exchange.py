"""The grant `token-exchange`: who may stand for a user, and what comes of it."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine

from access.models import Resource
from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from common.ids import new_id
from events.models import AuditLog
from identity.factor_types import FactorType
from identity.models import Factor, PersonalAccessToken, User
from identity.services.users import set_user_suspended
from oidc.clean_up import delete_expired
from oidc.keys.signing import sign_jwt
from oidc.models import AccessToken, Grant, SubjectToken
from organizations.models import Organization, OrganizationMember
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.oidc.tokens.exchanging import (
    ACCESS_TOKEN,
    IMPERSONATION,
    JWT,
    PERSONAL,
    exchange,
    exchanged,
    make_exchanger,
    personal_token,
    refused,
    subject_token,
)
from tests.oidc.tokens.parties import (
    API,
    EVERYTHING,
    ISSUER,
    ORGANIZATIONS_RESOURCE,
    OTHER_API,
    Party,
    make_application,
)

pytestmark = pytest.mark.django_db

GRANTED = {API: "read:things own:things"}


@pytest.fixture
def exchanger(tenant: Tenant) -> Party:
    """The tenant's own back end."""
    return make_exchanger()


def tokens_of(user: User) -> dict[str, str]:
    """One token of each type that stands for the user."""
    return {IMPERSONATION: subject_token(user), PERSONAL: personal_token(user, new_id())}


def access_jwt(**claims: Any) -> str:
    """A JWT access token of the current tenant; `claims` overrides or, with `None`, removes."""
    moment = int(now().timestamp())
    payload = {"iss": ISSUER, "aud": API, "scope": "", "iat": moment, "exp": moment + 600, "jti": "j", **claims}
    return sign_jwt({name: value for name, value in payload.items() if value is not None}, typ="at+jwt")


class TestImpersonation:
    def test_a_token_for_the_provider(self, exchanger: Party, alice: User) -> None:
        body = exchanged(exchanger, subject_token(alice), IMPERSONATION, scope="openid email offline_access things")
        assert body == {
            "access_token": body["access_token"],
            "expires_in": 3600,
            "scope": "openid email",
            "token_type": "Bearer",
            "issued_token_type": ACCESS_TOKEN,
        }
        assert "." not in body["access_token"]
        assert exchanger.userinfo(body["access_token"]).json()["email"] == "alice@example.com"

    def test_without_scope_there_is_none(self, exchanger: Party, alice: User) -> None:
        body = exchanged(exchanger, subject_token(alice), IMPERSONATION)
        assert body["scope"] == ""
        assert exchanger.userinfo(body["access_token"]).json()["error"] == "insufficient_scope"

    def test_it_is_used_up(self, exchanger: Party, alice: User) -> None:
        token = subject_token(alice)
        exchanged(exchanger, token, IMPERSONATION)
        refused(exchange(exchanger, token, IMPERSONATION))
        refused(exchange(exchanger, token, ACCESS_TOKEN))

    def test_a_refusal_does_not_use_it_up(self, exchanger: Party, alice: User) -> None:
        token = subject_token(alice)
        for parameters in ({"resource": "https://nobody.example"}, {"organization_id": "x"}, {"actor_token": "x"}):
            assert exchange(exchanger, token, IMPERSONATION, **parameters).status_code in (400, 403)
        exchanged(exchanger, token, IMPERSONATION)

    def test_it_expires(self, exchanger: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            first, second = subject_token(alice), subject_token(alice)
            clock.shift(599)
            exchanged(exchanger, first, IMPERSONATION)
            clock.shift(1)
            refused(exchange(exchanger, second, IMPERSONATION))
            clock.shift(timedelta(days=1, seconds=1))
            delete_expired()
            assert not SubjectToken.objects.exists()

    def test_by_the_type_of_access_tokens(self, exchanger: Party, alice: User) -> None:
        body = exchanged(exchanger, subject_token(alice), ACCESS_TOKEN, scope="openid")
        assert exchanger.userinfo(body["access_token"]).json()["sub"] == alice.id

    def test_a_public_client_by_its_id(self, tenant: Tenant, alice: User) -> None:
        party = make_exchanger("SPA")
        assert exchanged(party, subject_token(alice), IMPERSONATION, scope="openid")["scope"] == "openid"

    def test_a_machine(self, tenant: Tenant, alice: User, api: Resource) -> None:
        party = make_exchanger("MachineToMachine")
        body = exchanged(party, subject_token(alice), IMPERSONATION, resource=API, scope="read:things")
        assert party.claims(body["access_token"], API)["sub"] == alice.id

    def test_only_its_digest_is_stored(self, exchanger: Party, alice: User) -> None:
        value = subject_token(alice)
        assert value.startswith("sub_")
        assert len(value) == 25
        row = SubjectToken.objects.values().get()
        assert not any(value in str(content) for content in row.values())


class TestPersonalAccessTokens:
    def test_it_can_be_used_again(self, exchanger: Party, alice: User) -> None:
        token = personal_token(alice)
        for _ in range(2):
            body = exchanged(exchanger, token, PERSONAL, resource=API, scope="read:things write:things")
            assert exchanger.claims(body["access_token"], API)["scope"] == "read:things"

    def test_expired(self, exchanger: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            token = personal_token(alice, expires_at=now() + timedelta(hours=1))
            clock.shift(3599)
            exchanged(exchanger, token, PERSONAL)
            clock.shift(1)
            refused(exchange(exchanger, token, PERSONAL))

    def test_deleted(self, exchanger: Party, alice: User) -> None:
        token = personal_token(alice)
        PersonalAccessToken.objects.all().delete()
        refused(exchange(exchanger, token, PERSONAL))

    def test_only_by_its_own_type(self, exchanger: Party, alice: User) -> None:
        token = personal_token(alice)
        for kind in (ACCESS_TOKEN, IMPERSONATION):
            refused(exchange(exchanger, token, kind))
        refused(exchange(exchanger, subject_token(alice), PERSONAL))


class TestAccessTokens:
    def test_opaque(self, exchanger: Party, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice, scope="email")["access_token"]
        for _ in range(2):
            body = exchanged(exchanger, token, resource=API, scope="read:things own:things")
            claims = exchanger.claims(body["access_token"], API)
            assert (claims["sub"], claims["client_id"], claims["aud"]) == (alice.id, exchanger.id, API)
            assert claims["scope"] == body["scope"] == "read:things own:things"
            assert (body["expires_in"], claims["exp"] - claims["iat"]) == (1800, 1800)
            assert "act" not in claims

    def test_jwt(self, exchanger: Party, spa: Party, alice: User) -> None:
        refresh_token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
        token = spa.refresh(refresh_token, resource=API, scope="own:things").json()["access_token"]
        body = exchanged(exchanger, token, resource=API, scope="read:things")
        assert exchanger.claims(body["access_token"], API)["scope"] == "read:things"

    @pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt"])
    def test_either_form_of_the_type(self, exchanger: Party, spa: Party, alice: User, typ: str) -> None:
        claims = jwt.decode(access_jwt(sub=alice.id, client_id=spa.id), options={"verify_signature": False})
        exchanged(exchanger, sign_jwt(claims, typ=typ))

    def test_scopes_are_those_the_user_has_now(self, exchanger: Party, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice, resources=GRANTED)["access_token"]
        alice.user_roles.all().delete()
        body = exchanged(exchanger, token, resource=API, scope="read:things write:things own:things")
        assert body["scope"] == "own:things"

    def test_an_exchanged_token_can_be_exchanged(self, exchanger: Party, alice: User) -> None:
        opaque = exchanged(exchanger, subject_token(alice), IMPERSONATION, scope="openid")["access_token"]
        signed = exchanged(exchanger, opaque, resource=API)["access_token"]
        assert exchanged(exchanger, signed, scope="openid")["scope"] == "openid"

    def test_expired(self, exchanger: Party, spa: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            opaque = spa.sign_in(alice)["access_token"]
            signed = access_jwt(sub=alice.id, client_id=spa.id)
            clock.shift(3601)
            refused(exchange(exchanger, opaque))
            refused(exchange(exchanger, signed))

    def test_revoked(self, exchanger: Party, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["access_token"]
        Grant.objects.update(revoked_at=now())
        refused(exchange(exchanger, token))

    def test_other_tokens_of_the_sign_in_do_not_stand_for_the_user(
        self, exchanger: Party, spa: Party, alice: User
    ) -> None:
        tokens = spa.sign_in(alice)
        for kind in (ACCESS_TOKEN, IMPERSONATION, PERSONAL):
            refused(exchange(exchanger, tokens["refresh_token"], kind))
            refused(exchange(exchanger, tokens["id_token"], kind))

    @pytest.mark.parametrize("form", ["opaque", "jwt"])
    def test_a_third_partys_token_is_never_upgraded(self, exchanger: Party, spa: Party, alice: User, form: str) -> None:
        token = spa.sign_in(alice)["access_token"]
        if form == "jwt":
            token = access_jwt(sub=alice.id, client_id=spa.id)
        exchanged(exchanger, token)
        Application.objects.filter(id=spa.id).update(is_third_party=True)
        refused(exchange(exchanger, token, scope="openid"))

    def test_an_application_that_is_gone(self, exchanger: Party, spa: Party, alice: User) -> None:
        token = access_jwt(sub=alice.id, client_id=spa.id)
        spa.application.delete()
        refused(exchange(exchanger, token))

    def test_a_machines_token(self, exchanger: Party, machine: Party, api: Resource) -> None:
        refused(exchange(exchanger, machine.credentials(resource=API).json()["access_token"]))

    def test_jwts_that_are_none_of_ours(self, exchanger: Party, spa: Party, alice: User) -> None:
        good = {"sub": alice.id, "client_id": spa.id}
        exchanged(exchanger, access_jwt(**good))
        claims = jwt.decode(access_jwt(**good), options={"verify_signature": False})
        for token in (
            access_jwt(**good, iss="https://elsewhere.example/oidc"),
            access_jwt(**good, iss="http://acme.localhost:8000/oidc"),
            access_jwt(**good, iss=None),
            access_jwt(sub=alice.id),
            access_jwt(client_id=spa.id),
            access_jwt(**good | {"sub": 7}),
            access_jwt(**good | {"sub": "nobody"}),
            access_jwt(**good, exp=None),
            access_jwt(**good, cnf={"jkt": "the thumbprint of a key that is not proven here"}),
            sign_jwt(claims),
            sign_jwt(claims, typ="JWT"),
            sign_jwt(claims, typ="logout+jwt"),
            jwt.encode(claims, "", algorithm="none", headers={"typ": "at+jwt"}),
            jwt.encode(claims, "secret" * 8, algorithm="HS256", headers={"typ": "at+jwt"}),
            access_jwt(**good)[:-4] + "AAAA",
        ):
            refused(exchange(exchanger, token))


class TestForeignTenants:
    def test_no_token_of_theirs(self, exchanger: Party, mallory: User) -> None:
        with enter_tenant("acme"):
            application = make_application("SPA")
            tokens = tokens_of(mallory)
            tokens[ACCESS_TOKEN] = access_jwt(sub=mallory.id, client_id=application.id)
        for kind, token in tokens.items():
            refused(exchange(exchanger, token, kind))

    def test_no_user_of_theirs_in_a_token_of_ours(self, exchanger: Party, spa: Party, mallory: User) -> None:
        refused(exchange(exchanger, access_jwt(sub=mallory.id, client_id=spa.id)))


class TestUsers:
    def test_suspended(self, exchanger: Party, spa: Party, alice: User) -> None:
        tokens = tokens_of(alice) | {ACCESS_TOKEN: access_jwt(sub=alice.id, client_id=spa.id)}
        opaque = spa.sign_in(alice)["access_token"]
        held = exchanged(exchanger, opaque, scope="openid")["access_token"]
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
        for kind, token in [*tokens.items(), (ACCESS_TOKEN, opaque)]:
            refused(exchange(exchanger, token, kind))
        assert exchanger.userinfo(held).status_code == 401

    def test_deleted(self, exchanger: Party, spa: Party, alice: User) -> None:
        tokens = tokens_of(alice) | {ACCESS_TOKEN: access_jwt(sub=alice.id, client_id=spa.id)}
        held = exchanged(exchanger, tokens[PERSONAL], PERSONAL, scope="openid")["access_token"]
        alice.delete()
        for kind, token in tokens.items():
            refused(exchange(exchanger, token, kind))
        assert exchanger.userinfo(held).status_code == 401

    def test_access_control(self, exchanger: Party, alice: User) -> None:
        Application.objects.update(app_level_access_control_enabled=True)
        assert exchange(exchanger, subject_token(alice), IMPERSONATION).json()["error"] == "access_denied"


class TestActors:
    def test_who_acts_is_named(self, exchanger: Party, spa: Party, alice: User, bob: User) -> None:
        actor_token = spa.sign_in(bob, scope="openid")["access_token"]
        actor = {"actor_token": actor_token, "actor_token_type": ACCESS_TOKEN}
        body = exchanged(exchanger, subject_token(alice), IMPERSONATION, resource=API, **actor)
        claims = exchanger.claims(body["access_token"], API)
        assert (claims["sub"], claims["act"]) == (alice.id, {"sub": bob.id})
        assert list(claims)[0] == "act"
        opaque = exchanged(exchanger, subject_token(alice), IMPERSONATION, scope="openid", **actor)["access_token"]
        assert exchanger.introspect(opaque)["act"] == {"sub": bob.id}

    def test_who_acted_before_is_not_forgotten(self, exchanger: Party, spa: Party, alice: User, bob: User) -> None:
        actor = {"actor_token": spa.sign_in(bob)["access_token"], "actor_token_type": ACCESS_TOKEN}
        for parameters in ({"resource": API}, {"scope": "openid"}):
            token = exchanged(exchanger, subject_token(alice), IMPERSONATION, **parameters, **actor)["access_token"]
            plain = exchanged(exchanger, token, resource=API)["access_token"]
            assert exchanger.claims(plain, API)["act"] == {"sub": bob.id}
            chained = exchanged(exchanger, token, resource=API, **actor)["access_token"]
            assert exchanger.claims(chained, API)["act"] == {"sub": bob.id, "act": {"sub": bob.id}}

    def test_a_chain_has_an_end(self, exchanger: Party, spa: Party, alice: User, bob: User) -> None:
        actor = {"actor_token": spa.sign_in(bob)["access_token"], "actor_token_type": ACCESS_TOKEN}
        token = exchanged(exchanger, subject_token(alice), IMPERSONATION, **actor)["access_token"]
        for _ in range(4):
            token = exchanged(exchanger, token, **actor)["access_token"]
        refused(exchange(exchanger, token, **actor))
        exchanged(exchanger, token)

    def test_bad_actors(self, exchanger: Party, spa: Party, alice: User, bob: User, mallory: User) -> None:
        tokens = spa.sign_in(bob)
        with enter_tenant("acme"):
            theirs = access_jwt(sub=mallory.id, client_id="x")
        subject = subject_token(alice)
        for actor_token, kind in (
            ("nonsense", ACCESS_TOKEN),
            (tokens["access_token"], None),
            (tokens["access_token"], IMPERSONATION),
            (tokens["id_token"], ACCESS_TOKEN),
            (tokens["refresh_token"], ACCESS_TOKEN),
            (access_jwt(sub=bob.id, client_id=spa.id), ACCESS_TOKEN),
            (subject_token(bob), ACCESS_TOKEN),
            (personal_token(bob), PERSONAL),
            (spa.sign_in(bob, scope="email")["access_token"], ACCESS_TOKEN),
            (theirs, ACCESS_TOKEN),
        ):
            refused(exchange(exchanger, subject, IMPERSONATION, actor_token=actor_token, actor_token_type=kind))
        User.objects.filter(id=bob.id).update(is_suspended=True)
        actor = {"actor_token": tokens["access_token"], "actor_token_type": ACCESS_TOKEN}
        refused(exchange(exchanger, subject, IMPERSONATION, **actor))
        exchanged(exchanger, subject, IMPERSONATION)

    def test_a_third_partys_token_is_no_actor(self, exchanger: Party, spa: Party, alice: User, bob: User) -> None:
        actor = {"actor_token": spa.sign_in(bob)["access_token"], "actor_token_type": ACCESS_TOKEN}
        Application.objects.filter(id=spa.id).update(is_third_party=True)
        refused(exchange(exchanger, subject_token(alice), IMPERSONATION, **actor))


class TestOrganizations:
    def denied(self, answer: Any, description: str) -> None:
        assert answer.status_code == 403
        assert (answer.json()["error"], answer.json()["error_description"]) == ("access_denied", description)

    def test_an_organization_token(self, exchanger: Party, alice: User, bob: User, wayne: Organization) -> None:
        scope = "read:documents create:documents openid"
        for user, expected in ((alice, {"read:documents", "create:documents"}), (bob, {"read:documents"})):
            token = personal_token(user)
            body = exchanged(exchanger, token, PERSONAL, organization_id=wayne.id, scope=scope)
            claims = exchanger.claims(body["access_token"], f"urn:logto:organization:{wayne.id}")
            assert set(claims["scope"].split()) == set(body["scope"].split()) == expected
            assert (claims["sub"], body["expires_in"]) == (user.id, 3600)
            assert exchanged(exchanger, token, PERSONAL, organization_id=wayne.id)["scope"] == ""

    def test_an_api_in_an_organization(self, exchanger: Party, alice: User, wayne: Organization) -> None:
        elsewhere = Organization.objects.create(name="Elsewhere")
        OrganizationMember.objects.create(organization=elsewhere, user=alice)
        token = personal_token(alice)
        for organization, scope in ((wayne, "read:things own:things"), (elsewhere, "read:things")):
            body = exchanged(
                exchanger, token, PERSONAL, resource=API, organization_id=organization.id,
                scope="read:things own:things",
            )  # fmt: skip
            claims = exchanger.claims(body["access_token"], API)
            assert (claims["organization_id"], claims["scope"]) == (organization.id, scope)

    def test_not_a_member(self, exchanger: Party, alice: User, mallory: User) -> None:
        theirs = Organization.objects.create(name="Theirs").id
        with enter_tenant("acme"):
            foreign = Organization.objects.create(name="Foreign").id
        for organization_id in ("nowhere", theirs, foreign):
            answer = exchange(exchanger, personal_token(alice, new_id()), PERSONAL, organization_id=organization_id)
            self.denied(answer, "user is not a member of the organization")

    def test_mfa_is_required(self, exchanger: Party, alice: User, wayne: Organization) -> None:
        Organization.objects.update(is_mfa_required=True)
        answer = exchange(exchanger, subject_token(alice), IMPERSONATION, organization_id=wayne.id)
        self.denied(answer, "organization requires MFA but user has no MFA configured")
        Factor.objects.create(user=alice, type=FactorType.WEBAUTHN)
        assert exchange(exchanger, subject_token(alice), IMPERSONATION, organization_id=wayne.id).status_code == 200


class TestTargets:
    @pytest.mark.parametrize("resource", ["https://nobody.example", "nonsense", f"{API}#part", [API, ISSUER]])
    def test_unknown(self, exchanger: Party, alice: User, resource: Any) -> None:
        answer = exchange(exchanger, subject_token(alice), IMPERSONATION, resource=resource)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")

    def test_a_default_resource_is_no_target(self, exchanger: Party, alice: User) -> None:
        Resource.objects.filter(indicator=API).update(is_default=True)
        body = exchanged(exchanger, subject_token(alice), IMPERSONATION, scope="read:things")
        assert (body["scope"], body["access_token"].count(".")) == ("", 0)

    def test_the_template(self, exchanger: Party, bob: User) -> None:
        body = exchanged(exchanger, subject_token(bob), IMPERSONATION, resource=ORGANIZATIONS_RESOURCE)
        assert exchanger.claims(body["access_token"], ORGANIZATIONS_RESOURCE)["scope"] == ""


class TestTheTokenItself:
    def test_it_is_introspected_and_revoked_alone(self, exchanger: Party, alice: User) -> None:
        first, second = (
            exchanged(exchanger, subject_token(alice), IMPERSONATION, scope="openid")["access_token"] for _ in range(2)
        )
        found = exchanger.introspect(first)
        assert (found["active"], found["sub"], found["client_id"]) == (True, alice.id, exchanger.id)
        assert exchanger.post("token/revocation", token=first).status_code == 200
        assert exchanger.introspect(first) == {"active": False}
        assert exchanger.introspect(second)["active"] is True
        assert AccessToken.objects.count() == 1

    def test_it_expires(self, exchanger: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            token = exchanged(exchanger, subject_token(alice), IMPERSONATION, scope="openid")["access_token"]
            clock.shift(3599)
            assert exchanger.userinfo(token).status_code == 200
            clock.shift(1)
            assert exchanger.userinfo(token).status_code == 401

    def test_it_goes_with_its_application(self, exchanger: Party, spa: Party, alice: User) -> None:
        token = exchanged(exchanger, subject_token(alice), IMPERSONATION, scope="openid")["access_token"]
        exchanger.application.delete()
        assert spa.userinfo(token).status_code == 401

    def test_the_sign_in_it_came_from_is_untouched(self, exchanger: Party, spa: Party, alice: User) -> None:
        tokens = spa.sign_in(alice)
        token = exchanged(exchanger, tokens["access_token"], scope="openid")["access_token"]
        exchanger.post("token/revocation", token=token)
        assert spa.introspect(tokens["access_token"])["active"] is True
        assert spa.refresh(tokens["refresh_token"]).json()["scope"] == EVERYTHING


def test_only_where_the_application_may(spa: Party, machine: Party, alice: User) -> None:
    for party in (spa, machine):
        body = exchange(party, subject_token(alice), IMPERSONATION).json()
        assert body["error"] == "invalid_request"
        assert body["error_description"] == "requested grant type is not allowed for this client"


def test_never_for_a_third_party(tenant: Tenant, alice: User) -> None:
    party = make_exchanger("SPA", is_third_party=True)
    assert exchange(party, subject_token(alice), IMPERSONATION).json()["error"] == "invalid_request"


def test_a_wrong_secret(exchanger: Party, alice: User) -> None:
    headers = {"Authorization": "Basic eDp5"}
    assert exchange(exchanger, subject_token(alice), IMPERSONATION, headers=headers).json()["error"] == "invalid_client"


def test_what_the_audit_log_says(exchanger: Party, alice: User) -> None:
    token, personal = subject_token(alice), personal_token(alice)
    exchanged(exchanger, token, IMPERSONATION, scope="openid")
    exchanged(exchanger, personal, PERSONAL)
    exchange(exchanger, token, IMPERSONATION)
    first, second, failure = AuditLog.objects.filter(key="ExchangeTokenBy.TokenExchange").order_by("created_at")
    assert (first.user_id, first.application_id, first.payload["result"]) == (alice.id, exchanger.id, "Success")
    assert first.payload["impersonated"]["kind"] == "impersonation"
    assert first.payload["params"]["subject_token_type"] == IMPERSONATION
    assert second.payload["impersonated"] == {"kind": "personal", "name": "laptop"}
    assert failure.payload["error"]["code"] == "oidc.invalid_grant"
    assert token not in str([first.payload, failure.payload])
    assert personal not in str(second.payload)


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        # Stamp, subject, user; in one transaction: used up, opaque token, audit entry.
        (IMPERSONATION, {}, 6),
        (PERSONAL, {}, 5),
        # The user's roles instead of the opaque token's row.
        (PERSONAL, {"resource": API, "scope": "read:things"}, 5),
    ],
)
def test_statements(
    exchanger: Party, alice: User, kind: str, parameters: dict[str, str], expected: int, django_assert_num_queries: Any
) -> None:
    exchanged(exchanger, tokens_of(alice)[kind], kind, **parameters)
    token = tokens_of(alice)[kind]
    with django_assert_num_queries(expected + 2):
        exchanged(exchanger, token, kind, **parameters)


class TestNamesOfTheStandard:
    """Spring's token exchange and zitadel's say `…:jwt` and `audience`: refused, and ignored for an opaque token."""

    @pytest.fixture
    def access(self, spa: Party, alice: User) -> str:
        """A JWT access token of alice."""
        return str(spa.token_for(alice, API))

    def test_a_jwt_is_a_subject(self, exchanger: Party, access: str, alice: User) -> None:
        body = exchanged(exchanger, access, JWT, resource=API, scope="read:things")
        assert jwt.decode(body["access_token"], options={"verify_signature": False})["sub"] == alice.id
        assert body["issued_token_type"] == ACCESS_TOKEN

    def test_an_opaque_token_is_no_jwt(self, exchanger: Party, spa: Party, alice: User) -> None:
        refused(exchange(exchanger, spa.sign_in(alice)["access_token"], JWT, resource=API))

    def test_an_id_token_is_no_access_token(self, exchanger: Party, spa: Party, alice: User) -> None:
        refused(exchange(exchanger, spa.sign_in(alice)["id_token"], JWT, resource=API))

    def test_a_jwt_is_issued_as_one(self, exchanger: Party, access: str) -> None:
        body = exchanged(exchanger, access, requested_token_type=JWT, resource=API, scope="read:things")
        assert (body["issued_token_type"], body["token_type"]) == (JWT, "Bearer")
        assert body["access_token"].count(".") == 2

    def test_no_jwt_for_the_provider_itself(self, exchanger: Party, alice: User) -> None:
        token = subject_token(alice)
        answer = exchange(exchanger, token, IMPERSONATION, requested_token_type=JWT, scope="openid")
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        exchanged(exchanger, token, IMPERSONATION)

    @pytest.mark.parametrize("both", [False, True])
    def test_audience_names_the_api(self, exchanger: Party, access: str, both: bool) -> None:
        named = {"audience": API, **({"resource": API} if both else {})}
        body = exchanged(exchanger, access, scope="read:things", **named)
        assert jwt.decode(body["access_token"], options={"verify_signature": False})["aud"] == API

    @pytest.mark.parametrize(
        "named", [{"audience": "https://nobody.example"}, {"audience": OTHER_API, "resource": API}]
    )
    def test_an_audience_that_is_unknown_or_another(
        self, exchanger: Party, access: str, named: dict[str, str], tenant: Tenant
    ) -> None:
        Resource.objects.create(name="Other", indicator=OTHER_API)
        answer = exchange(exchanger, access, **named)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
