"""Basic OP: claims, where they are and what form they have. Each test bears the name of the suite's module."""

import json
from typing import Any

import pytest

from access.services.roles import create_role
from common.actors import SYSTEM
from common.clock import to_seconds
from identity.models import User
from identity.services.roles import assign_user_roles
from oidc.claims.scope_claims import STANDARD_CLAIMS
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tests.spec.relying_party import RelyingParty, answer_at

pytestmark = pytest.mark.django_db

# OpenID Connect Core section 5.1.
STRINGS = frozenset(
    {
        *("sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile"),
        *("picture", "website", "email", "gender", "birthdate", "zoneinfo", "locale", "phone_number"),
    }
)
BOOLEANS = ("email_verified", "phone_number_verified")
ADDRESS = {"formatted", "street_address", "locality", "region", "postal_code", "country"}
SCOPES = ["profile", "email", "address", "phone", "profile email address phone", "phone address email profile"]
# Of the scope `profile`, but not the standard's.
OF_THE_HOUSE = {"username", "created_at"}


def assert_standard(claims: dict[str, Any]) -> None:
    """Every claim has the type of the standard."""
    assert None not in claims.values()
    assert all(isinstance(claims[name], str) and claims[name] for name in STRINGS if name in claims)
    assert all(isinstance(claims[name], bool) for name in BOOLEANS if name in claims)
    if "address" in claims:
        assert set(claims["address"]) <= ADDRESS
        assert all(isinstance(value, str) for value in claims["address"].values())


@pytest.mark.parametrize("scope", SCOPES)
def test_oidcc_scope(party: RelyingParty, alice: User, scope: str) -> None:
    """The modules `oidcc-scope-…` and `oidcc-ensure-other-scope-order-succeeds`."""
    tokens = party.tokens(scope=f"openid {scope}")
    claims = party.userinfo(tokens["access_token"]).json()
    assert_standard(claims)
    brought = {claim for name in scope.split() for claim in STANDARD_CLAIMS[name]}
    assert set(claims) == {"sub"} | brought
    in_id_token = set(party.verified(tokens["id_token"]))
    assert not brought & in_id_token, "they come from the userinfo endpoint (Core section 5.4)"


def test_oidcc_scope_profile_updated_at(party: RelyingParty, alice: User) -> None:
    claims = party.userinfo(party.tokens(scope="openid profile")["access_token"]).json()
    alice.refresh_from_db()
    assert claims["updated_at"] == to_seconds(alice.updated_at)


def test_oidcc_scope_all_of_a_user_who_has_nothing(party: RelyingParty, alice: User) -> None:
    tokens = party.tokens(scope="openid profile email address phone")
    User.objects.update(username=None, name=None, avatar=None, primary_email=None, primary_phone=None, profile={})
    claims = party.userinfo(tokens["access_token"]).json()
    assert set(claims) == {"sub", "updated_at", "created_at"}


@pytest.mark.parametrize("way", ["get", "post-header", "post-body"])
def test_oidcc_userinfo(party: RelyingParty, alice: User, way: str) -> None:
    token = party.tokens()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    path = party.at("userinfo_endpoint")
    match way:
        case "get":
            answer = party.browser.get(path, headers=headers)
        case "post-header":
            answer = party.browser.post(path, headers=headers, content_type="application/x-www-form-urlencoded")
        case _:
            answer = party.browser.post(path, {"access_token": token})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {"sub": alice.id}


UNMET = "unmet_authentication_requirements"


class TestClaimsParameter:
    """`oidcc-claims-essential`, and what Core section 5.5 says besides."""

    def ask(self, party: RelyingParty, claims: Any, **changes: Any) -> dict[str, str]:
        return party.authorize(claims=claims if isinstance(claims, str) else json.dumps(claims), **changes)

    def test_oidcc_claims_essential(self, party: RelyingParty) -> None:
        tokens = party.redeem(self.ask(party, {"userinfo": {"name": {"essential": True}}})["code"]).json()
        assert party.userinfo(tokens["access_token"]).json()["name"] == "Alice Archer"
        assert "name" not in party.verified(tokens["id_token"])

    def test_in_the_id_token(self, party: RelyingParty) -> None:
        wanted = {"id_token": {"email": None, "nickname": {"essential": True}, "made_up": None}}
        tokens = party.redeem(self.ask(party, wanted)["code"]).json()
        claims = party.verified(tokens["id_token"])
        assert (claims["email"], claims["nickname"]) == ("alice@example.com", "Al")
        assert "made_up" not in claims
        assert set(party.userinfo(tokens["access_token"]).json()) == {"sub"}

    def test_roles_and_organizations_come_without_their_scopes(self, party: RelyingParty, alice: User) -> None:
        role = create_role(name="author", description="Writes", actor=SYSTEM)
        assign_user_roles(alice, role_ids=[role.id], actor=SYSTEM)
        archers = create_organization(name="Archer & Daughters", actor=SYSTEM)
        add_members(archers, user_ids=[alice.id], actor=SYSTEM)
        wanted = {"id_token": {"organizations": None}, "userinfo": {"roles": None, "organization_data": None}}
        offline = {"scope": "openid offline_access", "prompt": "consent"}
        tokens = party.redeem(self.ask(party, wanted, **offline)["code"]).json()
        refreshed = party.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
        for told in (tokens, refreshed):
            claims = party.verified(told["id_token"])
            assert claims["organizations"] == [archers.id]
            assert "roles" not in claims
            claims = party.userinfo(told["access_token"]).json()
            assert set(claims) == {"sub", "roles", "organization_data"}
            assert (claims["roles"], claims["organization_data"][0]["id"]) == (["author"], archers.id)

    def test_a_refresh_keeps_them(self, party: RelyingParty) -> None:
        wanted = {"id_token": {"email": None}, "userinfo": {"name": None}}
        offline = {"scope": "openid offline_access", "prompt": "consent"}
        tokens = party.redeem(self.ask(party, wanted, **offline)["code"]).json()
        refreshed = party.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
        assert party.verified(refreshed["id_token"])["email"] == "alice@example.com"
        assert party.userinfo(refreshed["access_token"]).json()["name"] == "Alice Archer"

    def test_in_a_posted_json_body_they_are_an_object(self, party: RelyingParty) -> None:
        body = party.request(claims={"userinfo": {"name": None}})
        asked = party.browser.post(party.at("authorization_endpoint"), body, content_type="application/json")
        tokens = party.redeem(answer_at(party.log_in(asked=asked))["code"]).json()
        assert party.userinfo(tokens["access_token"]).json()["name"] == "Alice Archer"

    @pytest.mark.parametrize("claims", ["{", "[]", '{"userinfo": []}', '{"id_token": {"name": 5}}'])
    def test_what_cannot_be_read_is_refused(self, party: RelyingParty, claims: str) -> None:
        assert self.ask(party, claims)["error"] == "invalid_request"

    def test_a_named_subject_must_be_the_one_signed_in(self, party: RelyingParty, alice: User) -> None:
        party.authorize()
        wanted = {"id_token": {"sub": {"value": alice.id}}}
        assert "code" in self.ask(party, wanted, prompt="none")
        wanted["id_token"]["sub"]["value"] = "somebodyelse"
        assert self.ask(party, wanted, prompt="none")["error"] == "login_required"

    def test_an_essential_acr_that_cannot_be_met_fails(self, party: RelyingParty) -> None:
        def wanted(**acr: Any) -> Any:
            return {"id_token": {"acr": acr}}

        assert self.ask(party, wanted(essential=True, values=["urn:mace:gold"]))["error"] == UNMET
        assert "code" in self.ask(party, wanted(values=["urn:mace:gold"]))
        assert "code" in self.ask(party, wanted(essential=True, value="urn:gatehouse:acr:1fa"))

    def test_applications_without_a_profile_are_not_heard(self, party: RelyingParty) -> None:
        party.application.custom_client_metadata = {}
        party.application.save()
        tokens = party.redeem(self.ask(party, {"userinfo": {"nickname": None}})["code"]).json()
        assert set(party.userinfo(tokens["access_token"]).json()) == {"sub"}
        assert "code" in self.ask(party, "{")
        twice: dict[str, Any] = {"claims": ["{}", "{}"], "prompt": "none"}
        assert "code" in party.authorize(**twice)
