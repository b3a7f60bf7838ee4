"""OpenID Connect Core sections 2 and 5: the user's claims, in the ID token and at the userinfo endpoint."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.clock import to_milliseconds
from connectors.models import SsoConnector
from identity.models import SsoIdentity, User
from oidc.claims.scope_claims import ID_TOKEN_SETTING
from organizations.models import Organization, OrganizationMember
from tenants.services.settings import set_setting
from tests.oidc.tokens.parties import EVERYTHING, Party

pytestmark = pytest.mark.django_db

STANDARD = f"{EVERYTHING} address"


@pytest.fixture
def tokens(spa: Party, alice: User) -> dict[str, Any]:
    return spa.sign_in(alice, scope=STANDARD)


def id_claims(spa: Party, tokens: dict[str, Any]) -> dict[str, Any]:
    token = spa.refresh(tokens["refresh_token"]).json()
    tokens["refresh_token"] = token["refresh_token"]
    return spa.claims(token["id_token"], spa.id)


def test_userinfo(spa: Party, alice: User, wayne: Organization, tokens: dict[str, Any]) -> None:
    alice.refresh_from_db()
    alice.profile = {
        "givenName": "Alice",
        "familyName": "Archer",
        "middleName": "A.",
        "nickname": "Al",
        "website": "https://alice.example",
        "gender": "female",
        "birthdate": "1990-01-01",
        "zoneinfo": "Europe/Vienna",
        "locale": "de",
        "profile": "https://alice.example/me",
        "address": {"formatted": "Street 1", "streetAddress": "Street 1", "postalCode": "1010"},
    }
    alice.custom_data = {"plan": "pro"}
    alice.identities = {"github": {"userId": "42", "details": {"name": "al"}}}
    okta = SsoConnector.objects.create(provider_name="Okta", connector_name="Wayne", sealed_config=b"")
    SsoIdentity.objects.create(
        user=alice, connector=okta, issuer="https://idp.example", identity_id="7", detail={"a": 1}
    )
    alice.avatar = "https://alice.example/me.png"
    alice.save()
    answer = spa.userinfo(tokens["access_token"])
    assert answer.status_code == 200
    assert answer.json() == {
        "sub": alice.id,
        "name": "Alice Archer",
        "family_name": "Archer",
        "given_name": "Alice",
        "middle_name": "A.",
        "nickname": "Al",
        "preferred_username": "alice",
        "profile": "https://alice.example/me",
        "picture": "https://alice.example/me.png",
        "website": "https://alice.example",
        "gender": "female",
        "birthdate": "1990-01-01",
        "zoneinfo": "Europe/Vienna",
        "locale": "de",
        "updated_at": to_milliseconds(alice.updated_at),
        "username": "alice",
        "created_at": to_milliseconds(alice.created_at),
        "email": "alice@example.com",
        "email_verified": True,
        "phone_number": "12025550101",
        "phone_number_verified": True,
        "roles": ["reader"],
        "custom_data": {"plan": "pro"},
        "identities": {"github": {"userId": "42", "details": {"name": "al"}}},
        "sso_identities": [{"issuer": "https://idp.example", "identityId": "7", "detail": {"a": 1}}],
        "organizations": [wayne.id],
        "organization_data": [{"id": wayne.id, "name": "Wayne", "description": "Enterprises"}],
        "organization_roles": [f"{wayne.id}:Admin"],
        "address": {"formatted": "Street 1", "streetAddress": "Street 1", "postalCode": "1010"},
    }


def test_what_is_not_set(spa: Party, bob: User) -> None:
    """A column is null and present, a field of the profile absent."""
    OrganizationMember.objects.all().delete()
    User.objects.update(username=None, name=None, primary_email=None, email_key=None)
    claims = spa.userinfo(spa.sign_in(bob, scope=STANDARD)["access_token"]).json()
    for name in ("name", "picture", "username", "email", "phone_number"):
        assert claims[name] is None
    assert not {"given_name", "preferred_username", "address", "website"} & set(claims)
    assert claims["organizations"] == claims["organization_data"] == claims["organization_roles"] == []
    assert claims["roles"] == []
    assert claims["email_verified"] is False


def test_the_preferred_username_of_the_profile_comes_first(spa: Party, alice: User, tokens: dict[str, Any]) -> None:
    User.objects.update(profile={"preferredUsername": "lady alice"})
    assert spa.userinfo(tokens["access_token"]).json()["preferred_username"] == "lady alice"


def test_scopes_decide(spa: Party, alice: User) -> None:
    assert spa.userinfo(spa.sign_in(alice, scope="openid")["access_token"]).json() == {"sub": alice.id}
    claims = spa.userinfo(spa.sign_in(alice, scope="openid email")["access_token"]).json()
    assert set(claims) == {"sub", "email", "email_verified"}


def test_entity_tag(spa: Party, alice: User, tokens: dict[str, Any]) -> None:
    answer = spa.userinfo(tokens["access_token"])
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "If-None-Match": answer["ETag"]}
    assert spa.browser.get("/oidc/me", headers=headers).status_code == 304
    User.objects.update(name="Someone else")
    assert spa.browser.get("/oidc/me", headers=headers).status_code == 200


class TestIdToken:
    def test_by_default_roles_and_organizations_are_in_it(
        self, spa: Party, alice: User, wayne: Organization, tokens: dict[str, Any]
    ) -> None:
        claims = id_claims(spa, tokens)
        assert claims["roles"] == ["reader"]
        assert claims["organizations"] == [wayne.id]
        assert claims["organization_roles"] == [f"{wayne.id}:Admin"]
        assert not {"custom_data", "identities", "sso_identities", "organization_data"} & set(claims)
        assert claims["email"] == "alice@example.com"
        assert claims["username"] == "alice"

    def test_the_tenant_chooses(self, spa: Party, alice: User, tokens: dict[str, Any]) -> None:
        set_setting(ID_TOKEN_SETTING, {"enabledExtendedClaims": ["custom_data", "organization_data"]}, actor=SYSTEM)
        claims = id_claims(spa, tokens)
        assert {"custom_data", "organization_data"} <= set(claims)
        assert not {"roles", "organizations", "organization_roles", "identities"} & set(claims)
        set_setting(ID_TOKEN_SETTING, {}, actor=SYSTEM)
        assert "custom_data" not in id_claims(spa, tokens)

    def test_its_lifetime_is_the_applications(self, spa: Party, alice: User) -> None:
        spa.application.custom_client_metadata = {"idTokenTtl": 60}
        spa.application.save()
        claims = spa.claims(spa.sign_in(alice)["id_token"], spa.id)
        assert claims["exp"] - claims["iat"] == 60

    def test_sid_for_those_that_can_use_it(self, spa: Party, alice: User) -> None:
        spa.application.oidc_client_metadata |= {
            "backchannelLogoutUri": "https://app.example.com/logout",
            "backchannelLogoutSessionRequired": True,
        }
        spa.application.save()
        assert spa.claims(spa.sign_in(alice)["id_token"], spa.id)["sid"]


def test_statements(spa: Party, tokens: dict[str, Any], django_assert_num_queries: Any) -> None:
    """The tenant's stamp, and the token with its user and all relations."""
    with django_assert_num_queries(2):
        assert spa.userinfo(tokens["access_token"]).status_code == 200


def test_statements_for_the_users_own_claims(spa: Party, alice: User, django_assert_num_queries: Any) -> None:
    """The tenant's stamp, and the token with its user."""
    tokens = spa.sign_in(alice, scope="openid profile email phone custom_data identities")
    with django_assert_num_queries(2):
        assert spa.userinfo(tokens["access_token"]).json()["email"] == "alice@example.com"
