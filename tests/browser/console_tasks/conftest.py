"""Carol at work in the console, by mouse and by keyboard, and the Management API that says what became of it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from access.services.resources import create_resource
from access.services.roles import create_role
from access.services.scopes import create_scope
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.services.users import create_user
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role, create_organization_scope
from tenants.context import enter_tenant
from tests.browser.conftest import LOGO
from tests.browser.console_tasks.driver import ConsoleDriver

Read = Callable[[str], Any]


@pytest.fixture(params=["mouse", "keyboard"])
def console(request: Any, developer_page: Callable[..., Any], console_address: str) -> ConsoleDriver:
    """Carol's console, operated with one hand alone."""
    page = developer_page()
    # Pictures are shown as soon as their address is there.
    page.context.route("https://cdn.example/**", lambda route: route.fulfill(body=LOGO, content_type="image/svg+xml"))
    return ConsoleDriver(page, request.param, console_address)


@pytest.fixture
def read(installation: dict[str, Any], home: str) -> Iterator[Read]:
    """Read from the tenant's Management API over HTTP, as the machine that came with the installation."""
    machine = installation["managementApi"]
    credentials = (machine["clientId"], machine["clientSecret"])
    form = {"grant_type": "client_credentials", "resource": machine["resource"], "scope": "all"}
    with httpx.Client(base_url=home) as client:

        def get(path: str) -> Any:
            # A token each time: those of before end with the key that signed them.
            token = client.post("/oidc/token", data=form, auth=credentials).raise_for_status().json()["access_token"]
            answer = client.get(f"/api/{path}", headers={"Authorization": f"Bearer {token}"})
            return answer.raise_for_status().json()

        yield get


@pytest.fixture
def ids(home: str, installation: dict[str, Any]) -> dict[str, str]:
    """Rows of tenant `default` to give to each other."""
    with enter_tenant("default"):
        orders = create_resource(name="Orders", indicator="https://orders.example", actor=SYSTEM)
        role: dict[str, Any] = {"description": "Reads", "actor": SYSTEM}
        return {
            "resource": orders.id,
            "scope": create_scope(orders, name="read:orders", actor=SYSTEM).id,
            "role": create_role(name="Auditor", **role).id,
            "machine_role": create_role(name="Courier", type="MachineToMachine", **role).id,
            "user": create_user(username="bob", name="Bob", primary_email="bob@example.com", actor=SYSTEM).id,
            "organization": create_organization(name="Hill Farm", actor=SYSTEM).id,
            "organization_role": create_organization_role(name="Picker", actor=SYSTEM).id,
            "organization_scope": create_organization_scope(name="pick:apples", actor=SYSTEM).id,
            "machine": create_application(name="Robot", type="MachineToMachine", actor=SYSTEM).id,
            "web": create_application(name="Shop", type="Traditional", actor=SYSTEM).id,
            "third_party": create_application(name="Partner", type="Traditional", is_third_party=True, actor=SYSTEM).id,
        }
