"""People, applications and an API of tenant `default`; mallory of tenant `acme` with an application of her own."""

from collections.abc import Callable
from typing import Any

import pytest

from access.models import Resource
from access.services.resources import create_resource
from access.services.roles import create_role
from access.services.scopes import create_scope
from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.models import User
from identity.services.roles import assign_user_roles
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.oidc.authorization.browsing import SPA_REDIRECT, WEB_REDIRECT, Browser

MakeApplication = Callable[..., Application]


@pytest.fixture
def make_application(tenant: Tenant) -> MakeApplication:
    def make(type: str = "SPA", *, redirect_uris: tuple[str, ...] = (SPA_REDIRECT,), **metadata: Any) -> Application:
        oidc = {
            "redirectUris": list(redirect_uris),
            "postLogoutRedirectUris": ["https://spa.example.com/", "https://spa.example.com/bye?from=spa"],
            **metadata.pop("oidc", {}),
        }
        return create_application(
            name=f"{type} app", type=type, oidc_client_metadata=oidc, custom_client_metadata=metadata, actor=SYSTEM
        )

    return make


@pytest.fixture
def spa(make_application: MakeApplication) -> Application:
    return make_application()


@pytest.fixture
def web(make_application: MakeApplication) -> Application:
    return make_application("Traditional", redirect_uris=(WEB_REDIRECT,))


@pytest.fixture
def native(make_application: MakeApplication) -> Application:
    return make_application("Native", redirect_uris=("com.example.app://callback", "http://127.0.0.1/callback"))


@pytest.fixture
def acme_spa(tenants: dict[str, Tenant]) -> Application:
    with enter_tenant("acme"):
        return create_application(
            name="Acme",
            type="SPA",
            oidc_client_metadata={"redirectUris": [SPA_REDIRECT], "postLogoutRedirectUris": []},
            actor=SYSTEM,
        )


@pytest.fixture
def documents(tenant: Tenant, alice: User) -> Resource:
    """An API with two permissions, of which alice holds `read`."""
    resource = create_resource(name="Documents", indicator="https://api.example.com", actor=SYSTEM)
    read = create_scope(resource, name="read", actor=SYSTEM)
    create_scope(resource, name="write", actor=SYSTEM)
    reader = create_role(name="reader", description="May read", scope_ids=[read.id], actor=SYSTEM)
    assign_user_roles(alice, role_ids=[reader.id], actor=SYSTEM)
    return resource


@pytest.fixture
def browser(tenant: Tenant) -> Browser:
    return Browser()
