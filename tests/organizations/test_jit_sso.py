"""Who joins an organization by signing in at an enterprise's identity provider."""

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from connectors.models import SsoConnector
from events.history import Event
from identity.models import User
from organizations import selectors
from organizations.models import JitSsoConnector, MemberRole, Organization, OrganizationRole
from organizations.services import jit, jit_sso, members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.recorded import changes_in


def code_of(failure: pytest.ExceptionInfo[AppError]) -> tuple[str, int]:
    return failure.value.code, failure.value.status


def connector(name: str) -> SsoConnector:
    return SsoConnector.objects.create(provider_name="SAML", connector_name=name, sealed_config=b"")


@pytest.fixture
def initech(tenant: Tenant) -> SsoConnector:
    return connector("initech")


def test_whoever_signs_in_there_joins_with_the_roles_of_the_rules(
    corporation: Organization,
    initech: SsoConnector,
    alice: User,
    member_role: OrganizationRole,
    recorded: list[Event],
) -> None:
    create_organization(name="Other", actor=SYSTEM)
    jit_sso.add_jit_sso_connectors(corporation, connector_ids=[initech.id], actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    recorded.clear()
    assert jit.provision_by_sso(alice, connector_id=initech.id) == [corporation]
    assert selectors.organization_scope_names(alice.id, corporation.id) == ["read:documents"]
    assert changes_in(recorded, "Organization.Membership.Updated") == [(corporation.id, {"userIds": [alice.id]}, {})]
    assert jit.provision_by_sso(alice, connector_id=initech.id) == []


def test_another_connector_opens_nothing(corporation: Organization, initech: SsoConnector, alice: User) -> None:
    jit_sso.add_jit_sso_connectors(corporation, connector_ids=[initech.id], actor=SYSTEM)
    assert jit.provision_by_sso(alice, connector_id=connector("hooli").id) == []
    assert jit.provision_by_sso(alice, connector_id="") == []


def test_members_are_left_alone(
    corporation: Organization, initech: SsoConnector, alice: User, member_role: OrganizationRole
) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    jit_sso.add_jit_sso_connectors(corporation, connector_ids=[initech.id], actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    assert jit.provision_by_sso(alice, connector_id=initech.id) == []
    assert not MemberRole.objects.exists()


def test_a_connector_of_another_tenant_is_unknown(corporation: Organization, mallory: User) -> None:
    with enter_tenant("acme"):
        foreign = connector("foreign")
    for change in (jit_sso.add_jit_sso_connectors, jit_sso.replace_jit_sso_connectors):
        with pytest.raises(AppError) as failure:
            change(corporation, connector_ids=[foreign.id], actor=SYSTEM)
        assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)
    assert not JitSsoConnector.objects.exists()


def test_rules_are_added_replaced_and_removed(
    corporation: Organization, initech: SsoConnector, recorded: list[Event]
) -> None:
    hooli = connector("hooli")
    jit_sso.add_jit_sso_connectors(corporation, connector_ids=[initech.id, initech.id], actor=SYSTEM)
    jit_sso.add_jit_sso_connectors(corporation, connector_ids=[initech.id], actor=SYSTEM)
    jit_sso.replace_jit_sso_connectors(corporation, connector_ids=[hooli.id], actor=SYSTEM)
    assert list(selectors.list_jit_sso_connectors(corporation)) == [hooli]
    jit_sso.remove_jit_sso_connector(corporation, connector_id=hooli.id, actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        jit_sso.remove_jit_sso_connector(corporation, connector_id=hooli.id, actor=SYSTEM)
    assert code_of(failure) == ("entity.not_found", 404)
    assert changes_in(recorded, "Organization.Jit.Updated") == [
        (corporation.id, {"ssoConnectorIds": [initech.id]}, {}),
        (corporation.id, {}, {"ssoConnectorIds": [initech.id]}),
        (corporation.id, {"ssoConnectorIds": [hooli.id]}, {}),
        (corporation.id, {}, {"ssoConnectorIds": [hooli.id]}),
    ]


def test_a_rule_goes_with_its_connector(corporation: Organization, initech: SsoConnector, alice: User) -> None:
    jit_sso.add_jit_sso_connectors(corporation, connector_ids=[initech.id], actor=SYSTEM)
    initech_id = initech.id
    initech.delete()
    assert not JitSsoConnector.objects.exists()
    assert jit.provision_by_sso(alice, connector_id=initech_id) == []
