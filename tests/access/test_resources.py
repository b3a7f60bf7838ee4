"""API resources and their permissions."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from access.management import management_api_indicator
from access.models import Resource, Role
from access.selectors import default_resource, find_resource_by_indicator, get_scope, list_resources, list_scopes
from access.services.resources import create_resource, delete_resource, set_default_resource, update_resource
from access.services.scopes import create_scope, delete_scope, update_scope
from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event
from tenants.context import enter_tenant
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

ORDERS = "https://orders.example.com"


@pytest.fixture
def orders(tenant: Tenant) -> Resource:
    return create_resource(name="Orders", indicator=ORDERS, actor=SYSTEM)


def management_api() -> Resource:
    return Resource.objects.get(indicator=management_api_indicator("default"))


def test_a_new_tenant_has_its_management_api(tenant: Tenant) -> None:
    role = Role.objects.get(name="Logto Management API access")
    assert [scope.name for scope in role.scopes.all()] == ["all"]
    assert role.type == "MachineToMachine"
    assert management_api().name == "Management API"


@pytest.mark.parametrize(
    "indicator",
    ["", "orders", "//orders.example.com", "https://", "https://o.example.com#part", "https://o.example.com/a b", "a:"],
)
def test_an_indicator_is_an_absolute_uri(tenant: Tenant, indicator: str) -> None:
    with pytest.raises(AppError) as failure:
        create_resource(name="x", indicator=indicator, actor=SYSTEM)
    assert failure.value.code == "guard.invalid_input"


@pytest.mark.parametrize("indicator", ["https://api.example.com", "urn:my:api", "api://orders"])
def test_any_scheme_will_do(tenant: Tenant, indicator: str) -> None:
    assert create_resource(name="x", indicator=indicator, actor=SYSTEM).indicator == indicator


@pytest.mark.parametrize("indicator", [ORDERS, "urn:logto:resource:organizations"])
def test_a_taken_or_reserved_indicator_is_refused(orders: Resource, indicator: str) -> None:
    with pytest.raises(AppError) as failure:
        create_resource(name="again", indicator=indicator, actor=SYSTEM)
    assert failure.value.code == "resource.resource_identifier_in_use"


def test_another_tenant_may_use_the_same_indicator(orders: Resource) -> None:
    with enter_tenant("acme"):
        assert create_resource(name="Orders", indicator=ORDERS, actor=SYSTEM).tenant_id == "acme"


@pytest.mark.parametrize("seconds", [0, -1, 2_147_483_648])
def test_a_lifetime_is_positive(orders: Resource, seconds: int) -> None:
    with pytest.raises(AppError) as failure:
        update_resource(orders, access_token_ttl=seconds, actor=SYSTEM)
    assert failure.value.code == "guard.invalid_input"


def test_there_is_one_default(orders: Resource) -> None:
    other = create_resource(name="Other", indicator="https://other.example.com", actor=SYSTEM)
    set_default_resource(orders, is_default=True, actor=SYSTEM)
    set_default_resource(other, is_default=True, actor=SYSTEM)
    found = default_resource()
    assert found is not None
    assert found.id == other.id
    set_default_resource(other, is_default=False, actor=SYSTEM)
    assert default_resource() is None


def test_the_cache_follows_changes(orders: Resource) -> None:
    update_resource(orders, access_token_ttl=60, actor=SYSTEM)
    found = find_resource_by_indicator(ORDERS)
    assert found is not None
    assert found.access_token_ttl == 60
    delete_resource(orders, actor=SYSTEM)
    assert find_resource_by_indicator(ORDERS) is None


def test_the_management_api_stays_as_it_is(tenant: Tenant) -> None:
    resource = management_api()
    scope = resource.scopes.get()
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: update_resource(resource, name="x", actor=SYSTEM), "resource.cannot_modify_management_api"),
        (lambda: delete_resource(resource, actor=SYSTEM), "resource.cannot_delete_management_api"),
        (lambda: create_scope(resource, name="some", actor=SYSTEM), "resource.cannot_modify_management_api"),
        (lambda: update_scope(scope, name="x", actor=SYSTEM), "resource.cannot_modify_management_api"),
        (lambda: delete_scope(scope, actor=SYSTEM), "resource.cannot_modify_management_api"),
    ]
    for attempt, code in attempts:
        with pytest.raises(AppError) as failure:
            attempt()
        assert failure.value.code == code


def test_permissions_are_added_changed_and_removed(orders: Resource, recorded: list[Event]) -> None:
    scope = create_scope(orders, name="read:orders", description="Read", actor=SYSTEM)
    update_scope(scope, description=None, actor=SYSTEM)
    assert get_scope(orders, scope.id).description is None
    delete_scope(scope, actor=SYSTEM)
    assert not list_scopes(orders)
    assert [event.name for event in recorded] == ["Scope.Created", "Scope.Data.Updated", "Scope.Deleted"]


@pytest.mark.parametrize(("name", "code"), [("a b", "scope.name_with_space"), ("read", "scope.name_exists")])
def test_a_permission_has_a_name_of_its_own(orders: Resource, name: str, code: str) -> None:
    create_scope(orders, name="read", actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        create_scope(orders, name=name, actor=SYSTEM)
    assert failure.value.code == code


def test_a_permission_of_another_resource_is_unknown(orders: Resource) -> None:
    other = create_resource(name="Other", indicator="https://other.example.com", actor=SYSTEM)
    scope = create_scope(other, name="read", actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        get_scope(orders, scope.id)
    assert failure.value.code == "entity.not_exists_with_id"


def test_resources_with_scopes_are_two_statements(
    orders: Resource, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        create_scope(orders, name=f"s{number}", actor=SYSTEM)
    with django_assert_num_queries(2):
        assert [len(resource.scopes.all()) for resource in list_resources(with_scopes=True)] == [1, 3]
