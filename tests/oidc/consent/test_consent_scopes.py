"""What a third party is offered, what the grant holds, and what tokens carry now."""

import pytest

from access.models import Resource, RoleScope, Scope
from applications.models import Application
from applications.services.applications import create_application, update_application
from applications.services.consent_configuration import (
    ScopeType,
    allow_user_consent_scopes,
    disallow_user_consent_scope,
)
from common.actors import SYSTEM
from identity.models import User
from oidc.models import ConsentedOrganization, Grant
from oidc.sessions.organization_access import remove_consented_organization
from organizations.models import Organization, OrganizationMember, OrganizationRole, OrganizationScope
from organizations.services.members import remove_member
from tests.oidc.authorization.browsing import answer_of
from tests.oidc.consent.conftest import EVERYTHING, Visit, scope_ids
from tests.oidc.tokens.parties import API, ORGANIZATIONS, ORGANIZATIONS_RESOURCE, make_application

pytestmark = pytest.mark.django_db


def test_the_question_lists_permissions_by_api(
    visit: Visit, partner: Application, alice: User, wayne: Organization, stark: Organization
) -> None:
    Scope.objects.filter(name="read:things").update(description="Read your things")
    visit.ask(alice, **EVERYTHING)
    question = visit.question
    read, own = (Scope.objects.get(name=name) for name in ("read:things", "own:things"))
    documents = OrganizationScope.objects.get(name="read:documents")
    resource = {"id": read.resource_id, "name": API, "indicator": API}
    assert question["missingOIDCScope"] == ["profile", "email", ORGANIZATIONS, "urn:logto:scope:organization_roles"]
    assert question["missingResourceScopes"] == [
        {
            "resource": resource,
            "scopes": [{"id": read.id, "name": "read:things", "description": "Read your things"}],
        },
        {
            "resource": {
                "id": ORGANIZATIONS_RESOURCE,
                "name": "Organizations",
                "indicator": ORGANIZATIONS_RESOURCE,
            },
            "scopes": [{"id": documents.id, "name": "read:documents", "description": None}],
        },
    ]
    inside = [{"resource": resource, "scopes": [{"id": own.id, "name": "own:things", "description": None}]}]
    assert question["organizations"] == [
        {"id": wayne.id, "name": "Wayne", "missingResourceScopes": inside},
        {"id": stark.id, "name": "Stark", "missingResourceScopes": inside},
    ]


def test_the_grant_holds_what_was_configured_held_and_chosen(
    visit: Visit, partner: Application, alice: User, wayne: Organization
) -> None:
    visit.tokens(alice, wayne, **EVERYTHING)
    assert Grant.objects.get().resource_scopes == {
        API: ["read:things", "own:things"],
        ORGANIZATIONS_RESOURCE: ["read:documents"],
    }
    assert [found.member.organization_id for found in ConsentedOrganization.objects.all()] == [wayne.id]


def test_without_an_organization_nothing_of_its_kind_is_granted(
    visit: Visit, partner: Application, alice: User, wayne: Organization
) -> None:
    tokens = visit.tokens(alice, **EVERYTHING)
    assert Grant.objects.get().resource_scopes[API] == ["read:things"]
    answer = visit.party.refresh(tokens["refresh_token"], organization_id=wayne.id)
    assert (answer.status_code, answer.json()["error"], answer.json()["error_description"]) == (
        403,
        "access_denied",
        "organization access is not granted to the application",
    )


def test_organization_tokens_only_where_let_in(
    visit: Visit, partner: Application, alice: User, wayne: Organization, stark: Organization
) -> None:
    tokens = visit.tokens(alice, wayne, **EVERYTHING)
    answer = visit.party.refresh(tokens["refresh_token"], organization_id=wayne.id).json()
    assert answer["scope"] == "read:documents", "the template grants more; the configuration does not"
    within = visit.party.refresh(answer["refresh_token"], organization_id=wayne.id, resource=API).json()
    assert within["scope"] == "read:things own:things"
    refused = visit.party.refresh(within["refresh_token"], organization_id=stark.id)
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    plain = visit.party.refresh(within["refresh_token"], resource=API).json()
    assert plain["scope"] == "read:things own:things"


def test_claims_name_only_organizations_let_in(
    visit: Visit, partner: Application, alice: User, wayne: Organization, stark: Organization
) -> None:
    tokens = visit.tokens(alice, wayne, **EVERYTHING)
    claims = visit.party.userinfo(tokens["access_token"]).json()
    assert claims["organizations"] == [wayne.id]
    assert [found["id"] for found in claims["organization_data"]] == [wayne.id]
    assert claims["organization_roles"] == [f"{wayne.id}:Admin"]
    id_token = visit.party.claims(tokens["id_token"], visit.application.id)
    assert (id_token["organizations"], id_token["organization_roles"]) == ([wayne.id], [f"{wayne.id}:Admin"])


def test_the_last_choice_of_organizations_counts(
    visit: Visit, partner: Application, alice: User, wayne: Organization, stark: Organization
) -> None:
    visit.tokens(alice, wayne, **EVERYTHING)
    again = Visit(partner)
    again.tokens(alice, stark, **EVERYTHING)
    assert [found.member.organization_id for found in ConsentedOrganization.objects.all()] == [stark.id]


def test_where_organizations_are_not_asked_for_none_is_let_in_or_shut_out(
    visit: Visit, partner: Application, alice: User, wayne: Organization, stark: Organization
) -> None:
    visit.tokens(alice, wayne, **EVERYTHING)
    other = Visit(partner)
    other.ask(alice, scope="openid")
    assert "organizations" not in other.question
    assert "code" in other.allow(stark)
    assert [found.member.organization_id for found in ConsentedOrganization.objects.all()] == [wayne.id]


def test_foreign_organizations_are_refused(
    visit: Visit, partner: Application, alice: User, wayne: Organization
) -> None:
    theirs = Organization.objects.create(name="Theirs")
    visit.ask(alice, **EVERYTHING)
    for organization_id in (theirs.id, "nowhere"):
        answer = visit.post({"organizationIds": [wayne.id, organization_id]})
        assert (answer.status_code, answer.json()["code"]) == (422, "organization.require_membership")
    assert visit.post({"organizationIds": "all"}).json()["code"] == "guard.invalid_input"
    assert ConsentedOrganization.objects.count() == 0


def test_leaving_the_organization_before_the_way_back(
    visit: Visit, partner: Application, alice: User, wayne: Organization
) -> None:
    visit.ask(alice, **EVERYTHING)
    answer = visit.post({"organizationIds": [wayne.id]})
    remove_member(wayne, user_id=alice.id, actor=SYSTEM)
    assert "code" in answer_of(visit.go_on(answer))
    assert Grant.objects.get().resource_scopes[API] == ["read:things"]
    assert ConsentedOrganization.objects.count() == 0


def test_a_permission_held_only_through_an_organization_needs_that_organization(
    visit: Visit, partner: Application, alice: User, wayne: Organization
) -> None:
    """It was granted where no organization was chosen: the user's roles in all of them counted as the user's own."""
    allow_user_consent_scopes(partner, resource_scope_ids=scope_ids("own:things"), actor=SYSTEM)
    visit.tokens(alice, **EVERYTHING)
    assert Grant.objects.get().resource_scopes[API] == ["read:things"]
    other = Visit(partner)
    other.tokens(alice, wayne, **EVERYTHING)
    latest = Grant.objects.order_by("created_at").last()
    assert latest is not None
    assert latest.resource_scopes[API] == ["read:things", "own:things"]


class TestNarrowing:
    """What is taken away is missing from the next token."""

    def test_a_user_scope(self, visit: Visit, partner: Application, alice: User, wayne: Organization) -> None:
        tokens = visit.tokens(alice, wayne, **EVERYTHING)
        self.take(partner, ScopeType.USER_SCOPES, "email")
        answer = visit.party.refresh(tokens["refresh_token"]).json()
        assert "email" not in answer["scope"].split()
        assert "email" not in visit.party.claims(answer["id_token"], partner.id)
        assert "email" not in visit.party.userinfo(answer["access_token"]).json()

    def test_the_organizations_scope(
        self, visit: Visit, partner: Application, alice: User, wayne: Organization
    ) -> None:
        tokens = visit.tokens(alice, wayne, **EVERYTHING)
        self.take(partner, ScopeType.USER_SCOPES, ORGANIZATIONS)
        answer = visit.party.refresh(tokens["refresh_token"], organization_id=wayne.id)
        assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")

    @pytest.mark.parametrize(
        ("kind", "name", "left"),
        [
            (ScopeType.RESOURCE_SCOPES, "read:things", "own:things"),
            (ScopeType.ORGANIZATION_RESOURCE_SCOPES, "own:things", "read:things"),
        ],
    )
    def test_a_permission_of_an_api(
        self,
        visit: Visit,
        partner: Application,
        alice: User,
        wayne: Organization,
        kind: ScopeType,
        name: str,
        left: str,
    ) -> None:
        tokens = visit.tokens(alice, wayne, **EVERYTHING)
        self.take(partner, kind, scope_ids(name)[0])
        assert visit.party.refresh(tokens["refresh_token"], resource=API).json()["scope"] == left

    def test_a_permission_of_the_template(
        self, visit: Visit, partner: Application, alice: User, wayne: Organization
    ) -> None:
        tokens = visit.tokens(alice, wayne, **EVERYTHING)
        self.take(partner, ScopeType.ORGANIZATION_SCOPES, OrganizationScope.objects.get(name="read:documents").id)
        answer = visit.party.refresh(tokens["refresh_token"], organization_id=wayne.id).json()
        assert answer["scope"] == ""

    def test_an_organization(self, visit: Visit, partner: Application, alice: User, wayne: Organization) -> None:
        tokens = visit.tokens(alice, wayne, **EVERYTHING)
        remove_consented_organization(partner, user=alice, organization_id=wayne.id, actor=SYSTEM)
        answer = visit.party.refresh(tokens["refresh_token"], organization_id=wayne.id)
        assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")
        assert visit.party.refresh(tokens["refresh_token"], resource=API).json()["scope"] == "read:things"
        assert visit.party.userinfo(tokens["access_token"]).json()["organizations"] == []

    def test_leaving_and_joining_again_lets_nobody_back_in(
        self, visit: Visit, partner: Application, alice: User, wayne: Organization, admin_role: OrganizationRole
    ) -> None:
        tokens = visit.tokens(alice, wayne, **EVERYTHING)
        remove_member(wayne, user_id=alice.id, actor=SYSTEM)
        OrganizationMember.objects.create(organization=wayne, user=alice)
        answer = visit.party.refresh(tokens["refresh_token"], organization_id=wayne.id)
        assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")

    @staticmethod
    def take(application: Application, kind: ScopeType, scope_id: str) -> None:
        disallow_user_consent_scope(application, scope_type=kind, scope_id=scope_id, actor=SYSTEM)


def test_a_role_in_an_organization_that_stayed_shut_gives_nothing(
    visit: Visit, partner: Application, alice: User, wayne: Organization, stark: Organization
) -> None:
    """The same permission by a role elsewhere does not stand in for the organization that was chosen."""
    tokens = visit.tokens(alice, wayne, **EVERYTHING)
    OrganizationMember.objects.get(organization=wayne).member_roles.all().delete()
    assert visit.party.refresh(tokens["refresh_token"], resource=API).json()["scope"] == "read:things"


def test_a_permission_of_an_api_is_none_of_the_template(
    visit: Visit, partner: Application, alice: User, wayne: Organization, api: Resource
) -> None:
    """Names are one flat list in a refresh token; a third party does not gain by it."""
    alias = Scope.objects.create(resource=api, name="create:documents")
    RoleScope.objects.create(role=alice.user_roles.get().role, scope=alias)
    template = OrganizationScope.objects.get(name="create:documents")
    allow_user_consent_scopes(
        partner, resource_scope_ids=[alias.id], organization_scope_ids=[template.id], actor=SYSTEM
    )
    scope = f"openid offline_access {ORGANIZATIONS} create:documents"
    tokens = visit.tokens(alice, wayne, scope=scope, resource=API)
    assert "create:documents" in visit.party.refresh(tokens["refresh_token"], resource=API).json()["scope"]
    assert visit.party.refresh(tokens["refresh_token"], organization_id=wayne.id).json()["scope"] == ""


def test_a_third_party_never_exchanges_tokens(partner: Application) -> None:
    from common.errors import AppError

    code = "application.third_party_application_cannot_enable_token_exchange"
    with pytest.raises(AppError, match=code):
        create_application(
            name="Any",
            type="SPA",
            is_third_party=True,
            custom_client_metadata={"allowTokenExchange": True},
            actor=SYSTEM,
        )
    with pytest.raises(AppError, match=code):
        update_application(partner, custom_client_metadata={"allowTokenExchange": True}, actor=SYSTEM)


def test_the_tenants_own_application_is_told_of_every_organization(
    alice: User, wayne: Organization, stark: Organization
) -> None:
    from tests.oidc.tokens.parties import Party

    party = Party(make_application("SPA"))
    claims = party.userinfo(party.sign_in(alice)["access_token"]).json()
    assert set(claims["organizations"]) == {wayne.id, stark.id}
