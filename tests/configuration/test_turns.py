"""One plan or apply of a tenant at a time, and nobody changes its configuration meanwhile."""

from threading import Event, Thread

import pytest
from django.db import connection

from access.models import Role
from access.selectors import find_resource_by_indicator
from access.services.roles import create_role
from common.actors import SYSTEM
from common.errors import AppError
from configuration.secrets import resolver_of
from configuration.services import apply_configuration, plan_configuration
from tenants.context import enter_tenant
from tenants.services.tenants import create_tenant

pytestmark = pytest.mark.django_db(transaction=True)

FILE = "version: 1\nroles:\n  - {name: Picker}\n"


def apply(tenant_id: str) -> None:
    with enter_tenant(tenant_id):
        apply_configuration(FILE, resolve=resolver_of({}), actor=SYSTEM)


def test_who_comes_second_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one file is applied, another one of the tenant is refused, one of another tenant goes on."""
    for tenant_id in ("default", "acme"):
        create_tenant(tenant_id, name=tenant_id)
    is_under_way, may_go_on = Event(), Event()
    failures: list[BaseException] = []

    def create(**values: object) -> Role:
        is_under_way.set()
        assert may_go_on.wait(30)
        return create_role(**values)  # type: ignore[arg-type]  # of several types

    def first() -> None:
        try:
            apply("default")
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            connection.close()

    monkeypatch.setattr("configuration.kinds.roles.create_role", create)
    thread = Thread(target=first)
    thread.start()
    assert is_under_way.wait(30)
    monkeypatch.setattr("configuration.kinds.roles.create_role", create_role)
    with pytest.raises(AppError, match="configuration.busy"):
        apply("default")
    apply("acme")
    may_go_on.set()
    thread.join(30)
    assert failures == []
    with enter_tenant("default"):
        assert Role.objects.filter(name="Picker").count() == 1


def test_a_plan_is_not_seen_by_other_requests() -> None:
    """What a process caches while a plan is tried out does not outlive it."""
    create_tenant("default", name="Default")
    with enter_tenant("default"):
        text = "version: 1\nresources:\n  - {indicator: 'https://a.example'}\n"
        plan_configuration(text, resolve=resolver_of({}), actor=SYSTEM)
        assert find_resource_by_indicator("https://a.example") is None
        apply_configuration(text, resolve=resolver_of({}), actor=SYSTEM)
        assert find_resource_by_indicator("https://a.example") is not None
