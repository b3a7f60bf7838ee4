"""The grant `refresh_token`: rotation, reuse, and tokens for APIs and organizations."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from events.models import AuditLog
from identity.factor_types import FactorType
from identity.models import Factor, User
from oidc.models import Grant, RefreshToken, Session
from organizations.models import MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.services.organizations import update_organization
from tests.oidc.tokens.parties import (
    API,
    EVERYTHING,
    ORGANIZATIONS,
    ORGANIZATIONS_RESOURCE,
    OTHER_API,
    Party,
    make_api,
    make_application,
)
from tests.oidc.tokens.test_token_authorization_code import refused

pytestmark = pytest.mark.django_db

GRANTED = {API: "read:things write:things own:things", ORGANIZATIONS_RESOURCE: "read:documents create:documents"}


def test_rotation(spa: Party, alice: User) -> None:
    first = spa.sign_in(alice)
    second = spa.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert {"access_token", "id_token", "expires_in", "scope", "token_type"} <= set(second)
    assert spa.userinfo(second["access_token"]).status_code == 200
    assert spa.refresh(second["refresh_token"]).status_code == 200


class TestReuse:
    def test_within_the_leeway(self, spa: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            token = spa.sign_in(alice)["refresh_token"]
            first = spa.refresh(token).json()["refresh_token"]
            clock.shift(3)
            second = spa.refresh(token).json()["refresh_token"]
            assert len({token, first, second}) == 3
            assert spa.refresh(first).status_code == spa.refresh(second).status_code == 200

    def test_after_it_the_whole_family_dies(self, spa: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            tokens = spa.sign_in(alice)
            other = spa.sign_in(alice)
            child = spa.refresh(tokens["refresh_token"]).json()
            clock.shift(3.001)
            refused(spa.refresh(tokens["refresh_token"]))
            refused(spa.refresh(child["refresh_token"]))
            for access_token in (tokens["access_token"], child["access_token"]):
                assert spa.userinfo(access_token).status_code == 401
            assert spa.refresh(other["refresh_token"]).status_code == 200, "another sign-in is another family"
        assert Grant.objects.filter(revoked_at=None).count() == 1

    def test_the_leeway_is_not_prolonged(self, spa: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            token = spa.sign_in(alice)["refresh_token"]
            spa.refresh(token)
            clock.shift(2)
            assert spa.refresh(token).status_code == 200
            clock.shift(2)
            refused(spa.refresh(token))

    def test_by_another_client_harms_nobody(self, spa: Party, native: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            token = spa.sign_in(alice)["refresh_token"]
            child = spa.refresh(token).json()["refresh_token"]
            clock.shift(10)
            refused(native.refresh(token))
            assert spa.refresh(child).status_code == 200


class TestFailuresBurnNothing:
    @pytest.mark.parametrize(
        ("parameters", "error"),
        [
            ({"resource": "https://nobody.example"}, "invalid_target"),
            ({"resource": OTHER_API}, "invalid_target"),
            ({"resource": [API, OTHER_API]}, "invalid_target"),
            ({"resource": "nonsense"}, "invalid_target"),
            ({"organization_id": "nowhere"}, "access_denied"),
            ({"scope": "openid everything"}, "invalid_scope"),
        ],
    )
    def test_refused(self, spa: Party, alice: User, parameters: dict[str, Any], error: str) -> None:
        make_api(OTHER_API, "read:things")
        token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
        answer = spa.refresh(token, **parameters)
        assert answer.json()["error"] == error
        assert RefreshToken.objects.get().consumed_at is None

    def test_the_missing_scope_is_named(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice, scope="openid offline_access")["refresh_token"]
        body = spa.refresh(token, scope="openid email").json()
        assert (body["error_description"], body["scope"]) == ("refresh token missing requested scope", "email")


class TestStanding:
    def test_unknown(self, spa: Party) -> None:
        refused(spa.refresh("nonsense"))
        assert spa.refresh("").json()["error_description"] == "missing required parameter 'refresh_token'"

    def test_another_client(self, spa: Party, native: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        refused(native.refresh(token))
        assert spa.refresh(token).status_code == 200

    def test_expired(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        with time_machine.travel(now() + timedelta(days=14, seconds=1)):
            refused(spa.refresh(token))

    def test_a_suspended_user(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        User.objects.update(is_suspended=True)
        refused(spa.refresh(token))

    def test_a_deleted_user(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        alice.delete()
        refused(spa.refresh(token))

    def test_a_revoked_grant(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        Grant.objects.update(revoked_at=now())
        refused(spa.refresh(token))

    def test_offline_access_outlives_the_session(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        Session.objects.all().delete()
        assert spa.refresh(token).status_code == 200

    @pytest.mark.parametrize("end", ["deleted", "expired"])
    def test_without_it_the_session_is_the_limit(self, tenant: object, alice: User, end: str) -> None:
        party = Party(make_application("SPA", custom_client_metadata={"alwaysIssueRefreshToken": True}))
        tokens = party.sign_in(alice, scope="openid")
        tokens = party.refresh(tokens["refresh_token"]).json()
        if end == "deleted":
            Session.objects.all().delete()
        else:
            Session.objects.update(expires_at=now())
        refused(party.refresh(tokens["refresh_token"]))
        assert party.userinfo(tokens["access_token"]).status_code == 401

    def test_access_control(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        Application.objects.update(app_level_access_control_enabled=True)
        assert spa.refresh(token).json()["error"] == "access_denied"


class TestLifetimes:
    def test_a_single_page_application_inherits_what_is_left(self, spa: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            token = spa.sign_in(alice)["refresh_token"]
            end = now() + timedelta(days=14)
            clock.shift(timedelta(days=13))
            token = spa.refresh(token).json()["refresh_token"]
            assert set(RefreshToken.objects.values_list("expires", flat=True)) == {end}
            clock.shift(timedelta(days=1))
            refused(spa.refresh(token))

    def test_others_get_the_full_time_within_their_grant(self, tenant: object, alice: User) -> None:
        party = Party(make_application("Native"))
        with time_machine.travel(now(), tick=False) as clock:
            token = party.sign_in(alice)["refresh_token"]
            end = Grant.objects.get().expires_at
            for _ in range(13):
                clock.shift(timedelta(days=13))
                token = party.refresh(token).json()["refresh_token"]
            assert RefreshToken.objects.latest("created").expires == end
            clock.shift(timedelta(days=12))
            refused(party.refresh(token))

    def test_a_confidential_client_keeps_its_token_for_most_of_its_time(self, traditional: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            token = traditional.sign_in(alice)["refresh_token"]
            clock.shift(timedelta(days=14) * 0.69)
            assert traditional.refresh(token).json()["refresh_token"] == token
            clock.shift(timedelta(days=14) * 0.01)
            assert traditional.refresh(token).json()["refresh_token"] != token

    def test_rotation_can_be_switched_off(self, tenant: object, alice: User) -> None:
        party = Party(make_application("SPA", custom_client_metadata={"rotateRefreshToken": False}))
        token = party.sign_in(alice)["refresh_token"]
        for _ in range(2):
            assert party.refresh(token).json()["refresh_token"] == token

    def test_a_family_of_a_year_rotates_no_more(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        RefreshToken.objects.update(family_started_at=now() - timedelta(days=366))
        assert spa.refresh(token).json()["refresh_token"] == token


class TestIdTokens:
    def test_every_refresh_mints_a_fresh_one(self, spa: Party, alice: User) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            tokens = spa.sign_in(alice, nonce="n-1", auth_time_requested=True)
            clock.shift(600)
            claims = spa.claims(spa.refresh(tokens["refresh_token"]).json()["id_token"], spa.id)
            assert claims["iat"] == int(now().timestamp())
            assert claims["nonce"] == "n-1"
            assert claims["auth_time"] == claims["iat"] - 600

    def test_it_follows_the_scope_of_the_request(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        answer = spa.refresh(token, scope="openid email").json()
        claims = spa.claims(answer["id_token"], spa.id)
        assert claims["email"] == "alice@example.com"
        assert "name" not in claims
        assert answer["scope"] == "openid email"
        assert "id_token" not in spa.refresh(answer["refresh_token"], scope="email").json()

    def test_the_refresh_token_keeps_its_scope(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        token = spa.refresh(token, scope="openid").json()["refresh_token"]
        assert spa.refresh(token).json()["scope"] == EVERYTHING


class TestResources:
    def test_scopes_are_what_was_granted_and_is_offered_now(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
        answer = spa.refresh(token, resource=API).json()
        assert answer["scope"] == spa.claims(answer["access_token"], API)["scope"] == "read:things own:things"
        alice.user_roles.all().delete()
        answer = spa.refresh(answer["refresh_token"], resource=API).json()
        assert answer["scope"] == "own:things"
        OrganizationMember.objects.all().delete()
        answer = spa.refresh(answer["refresh_token"], resource=API).json()
        assert answer["scope"] == spa.claims(answer["access_token"], API)["scope"] == ""

    def test_a_scope_that_was_not_granted_needs_a_new_sign_in(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice, resources={API: "own:things"})["refresh_token"]
        assert spa.refresh(token, resource=API).json()["scope"] == "own:things"

    def test_one_scope_of_two_resources_is_not_mixed_up(self, spa: Party, alice: User) -> None:
        make_api(OTHER_API, "read:things")
        token = spa.sign_in(alice, resources={API: "read:things", OTHER_API: ""})["refresh_token"]
        assert spa.refresh(token, resource=OTHER_API).json()["scope"] == ""

    def test_in_an_organization(self, spa: Party, alice: User, bob: User, wayne: Organization) -> None:
        token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
        answer = spa.refresh(token, resource=API, organization_id=wayne.id).json()
        claims = spa.claims(answer["access_token"], API)
        assert claims["organization_id"] == wayne.id
        assert claims["scope"] == "read:things own:things"
        assert list(claims)[0] == "organization_id"
        elsewhere = Organization.objects.create(name="Acme")
        OrganizationMember.objects.create(organization=elsewhere, user=alice)
        answer = spa.refresh(answer["refresh_token"], resource=API, organization_id=elsewhere.id).json()
        assert spa.claims(answer["access_token"], API)["scope"] == "read:things"

    def test_without_openid_the_granted_resource_stands_in(self, spa: Party, alice: User) -> None:
        token = spa.sign_in(alice, scope="offline_access", resources={API: "read:things"})["refresh_token"]
        assert spa.claims(spa.refresh(token).json()["access_token"], API)["scope"] == "read:things"


class TestOrganizations:
    def denied(self, answer: Any, error: str, description: str) -> None:
        assert answer.status_code == 403
        body = answer.json()
        assert (body["error"], body["error_description"]) == (error, description)
        assert body["code"] == f"oidc.{error}"

    def test_a_token_follows_the_roles_of_now(
        self, spa: Party, alice: User, wayne: Organization, member_role: OrganizationRole
    ) -> None:
        token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
        audience = f"urn:logto:organization:{wayne.id}"
        answer = spa.refresh(token, organization_id=wayne.id).json()
        claims = spa.claims(answer["access_token"], audience)
        assert set(claims["scope"].split()) == {"read:documents", "create:documents"}
        assert (claims["aud"], answer["expires_in"], answer["scope"]) == (audience, 3600, claims["scope"])
        assert "id_token" in answer
        MemberRole.objects.all().update(role=member_role)
        answer = spa.refresh(answer["refresh_token"], organization_id=wayne.id).json()
        assert answer["scope"] == "read:documents"
        MemberRole.objects.all().delete()
        answer = spa.refresh(answer["refresh_token"], organization_id=wayne.id).json()
        assert answer["scope"] == spa.claims(answer["access_token"], audience)["scope"] == ""

    def test_without_the_organizations_resource_there_are_no_permissions(
        self, spa: Party, alice: User, wayne: Organization
    ) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        assert spa.refresh(token, organization_id=wayne.id).json()["scope"] == ""

    def test_right_after_it_was_created(self, spa: Party, alice: User, admin_role: OrganizationRole) -> None:
        token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
        fresh = Organization.objects.create(name="Fresh")
        member = OrganizationMember.objects.create(organization=fresh, user=alice)
        MemberRole.objects.create(member=member, role=admin_role)
        assert "create:documents" in spa.refresh(token, organization_id=fresh.id).json()["scope"]

    @pytest.mark.parametrize("organization_id", ["nowhere", "theirs"])
    def test_not_a_member(self, spa: Party, bob: User, organization_id: str) -> None:
        if organization_id == "theirs":
            organization_id = Organization.objects.create(name="Theirs").id
        token = spa.sign_in(bob)["refresh_token"]
        answer = spa.refresh(token, organization_id=organization_id)
        self.denied(answer, "access_denied", "user is not a member of the organization")

    def test_mfa_is_required(self, spa: Party, alice: User, wayne: Organization) -> None:
        update_organization(wayne, is_mfa_required=True, actor=SYSTEM)
        token = spa.sign_in(alice)["refresh_token"]
        answer = spa.refresh(token, organization_id=wayne.id)
        self.denied(answer, "access_denied", "organization requires MFA but user has no MFA configured")
        Factor.objects.create(user=alice, type=FactorType.TOTP)
        assert spa.refresh(token, organization_id=wayne.id).status_code == 200

    def test_the_scope_is_missing(self, spa: Party, alice: User, wayne: Organization) -> None:
        token = spa.sign_in(alice, scope="openid offline_access")["refresh_token"]
        answer = spa.refresh(token, organization_id=wayne.id)
        self.denied(answer, "insufficient_scope", "refresh token missing required scope")
        assert answer.json()["scope"] == ORGANIZATIONS

    def test_a_third_party_was_not_let_in(self, spa: Party, alice: User, wayne: Organization) -> None:
        token = spa.sign_in(alice)["refresh_token"]
        Application.objects.update(is_third_party=True)
        answer = spa.refresh(token, organization_id=wayne.id)
        self.denied(answer, "access_denied", "organization access is not granted to the application")


def test_what_the_audit_log_says(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
    spa.refresh(token, resource=API)
    spa.refresh("nonsense")
    success, failure = AuditLog.objects.filter(key="ExchangeTokenBy.RefreshToken").order_by("created_at")
    assert (success.user_id, success.application_id, success.payload["result"]) == (alice.id, spa.id, "Success")
    assert success.payload["scope"] == "read:things own:things"
    assert token not in str(success.payload)
    assert failure.payload["error"]["code"] == "oidc.invalid_grant"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        # Stamp, token with all that claims are made of, and one for: used, successor, access token, audit entry.
        ({}, 3),
        # … and the user's roles.
        ({"resource": API}, 4),
        # The membership comes with the token.
        ({"organization_id": "wayne"}, 3),
        ({"organization_id": "wayne", "resource": API}, 4),
    ],
)
def test_statements(
    spa: Party,
    alice: User,
    wayne: Organization,
    parameters: dict[str, str],
    expected: int,
    django_assert_num_queries: Any,
) -> None:
    if "organization_id" in parameters:
        parameters = parameters | {"organization_id": wayne.id}
    token = spa.sign_in(alice, resources=GRANTED)["refresh_token"]
    token = spa.refresh(token, **parameters).json()["refresh_token"]
    with django_assert_num_queries(expected):
        assert spa.refresh(token, **parameters).status_code == 200
