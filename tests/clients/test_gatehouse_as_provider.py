"""One tenant signs its users in at another: by OpenID Connect as a social provider, and by SAML as an enterprise's."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from applications.models import Application
from applications.selectors import secret_value
from applications.services.applications import create_application
from common.actors import SYSTEM
from connectors.enterprise.saml.service_provider import acs_url_of, entity_id_of
from connectors.enterprise.services.connectors import create_sso_connector, update_sso_connector
from connectors.services.connectors import create_connector
from experience.services.settings import update_sign_in_experience
from identity.models import SsoIdentity, User
from identity.services.users import create_user
from saml.services.applications import create_saml_application
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.clients.visitor import Visitor
from tests.people import PASSWORD

CALLBACK = "https://app.example.com/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class _Arrived(Exception):  # noqa: N818 - a way out of the client, no failure
    """The browser was sent to the application."""


@pytest.fixture
def home(live_server: Any, settings: Any) -> str:
    """The origin of tenant `default`; tenant `acme` is at the address without a name, on the same server."""
    settings.BASE_URL = live_server.url
    settings.TENANT_HOSTS = {"127.0.0.1": "acme"}
    return str(live_server.url)


@pytest.fixture
def acme(home: str, tenants: dict[str, Tenant]) -> str:
    """The origin of tenant `acme`, at which carla has an account."""
    with enter_tenant("acme"):
        create_user(username="carla", primary_email="carla@acme.com", name="Carla", password=PASSWORD, actor=SYSTEM)
    return f"http://127.0.0.1:{urlsplit(home).port}"


@pytest.fixture
def shop(home: str, tenants: dict[str, Tenant]) -> Application:
    """An application of tenant `default`, where signing up asks for nothing but a proof."""
    with enter_tenant("default"):
        update_sign_in_experience(
            {"signUp": {"identifiers": [], "password": False, "verify": False}, "singleSignOnEnabled": True},
            actor=SYSTEM,
        )
        metadata = {"redirectUris": [CALLBACK], "postLogoutRedirectUris": []}
        return create_application(name="Shop", type="SPA", oidc_client_metadata=metadata, actor=SYSTEM)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    visitor = Visitor()

    def stop(request: httpx.Request) -> None:
        if str(request.url).startswith(CALLBACK):
            raise _Arrived(str(request.url))

    visitor.http.event_hooks = {"request": [stop]}
    yield visitor
    visitor.close()


def _authorize(home: str, shop: Application, **extra: str) -> str:
    parameters = {
        "client_id": shop.id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid profile email",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "prompt": "login",
        **extra,
    }
    return f"{home}/oidc/auth?{urlencode(parameters)}"


def _connect_by_openid(home: str, acme: str) -> str:
    """Make tenant `acme` a social provider of tenant `default`; returns the connector's id."""
    with enter_tenant("default"):
        connector_id = "acme-openid"
    with enter_tenant("acme"):
        client = create_application(
            name="Default",
            type="Traditional",
            oidc_client_metadata={
                "redirectUris": [f"{home}/callback/{connector_id}"],
                "postLogoutRedirectUris": [],
            },
            actor=SYSTEM,
        )
        secret = secret_value(client.secrets.get())
    config = {
        "authorizationEndpoint": f"{acme}/oidc/auth",
        "tokenEndpoint": f"{acme}/oidc/token",
        "clientId": client.id,
        "clientSecret": secret,
        "scope": "openid profile email",
        "idTokenVerificationConfig": {"jwksUri": f"{acme}/oidc/jwks", "issuer": f"{acme}/oidc"},
    }
    metadata = {"target": "acme", "name": {"en": "Acme"}}
    with enter_tenant("default"):
        create_connector(factory_id="oidc", connector_id=connector_id, config=config, metadata=metadata, actor=SYSTEM)
        update_sign_in_experience({"socialSignInConnectorTargets": ["acme"]}, actor=SYSTEM)
    return connector_id


@pytest.mark.django_db(transaction=True)
def test_by_openid_connect(home: str, acme: str, shop: Application, visitor: Visitor) -> None:
    connector_id = _connect_by_openid(home, acme)
    visitor.go(_authorize(home, shop)).press(connector=connector_id)
    assert str(visitor.page.url).startswith(f"{acme}/sign-in")
    with pytest.raises(_Arrived, match="code="):
        visitor.press(identifier="carla", password=PASSWORD)
    with enter_tenant("acme"):
        carla = User.objects.get()
    with enter_tenant("default"):
        user = User.objects.get()
        assert user.identities["acme"]["userId"] == carla.id
        assert (user.primary_email, user.name) == ("carla@acme.com", "Carla")
    # The second time she is signed in there already, and known here.
    with pytest.raises(_Arrived, match="code="):
        visitor.go(_authorize(home, shop)).press(connector=connector_id)
    with enter_tenant("default"):
        assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_by_saml(home: str, acme: str, shop: Application, visitor: Visitor) -> None:
    """A tenant's address without a name (`TENANT_HOSTS`) was none of the origins that its own clients return to."""
    with enter_tenant("default"):
        connector = create_sso_connector(
            provider_name="SAML", connector_name="Acme", config=None, domains=["acme.com"], actor=SYSTEM
        )
    entity_id, acs_url = entity_id_of(home, connector.id), acs_url_of(home, connector.id)
    with enter_tenant("acme"):
        created = create_saml_application(
            name="Default",
            entity_id=entity_id,
            acs_url={"binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": acs_url},
            attribute_mapping={"email": "email", "name": "name"},
            actor=SYSTEM,
        )
    with enter_tenant("default"):
        metadata_url = f"{acme}/api/saml-applications/{created.application_id}/metadata"
        update_sso_connector(connector, config={"metadataUrl": metadata_url}, actor=SYSTEM)
    visitor.go(_authorize(home, shop, first_screen="single_sign_on")).press(identifier="carla@acme.com")
    assert str(visitor.page.url).startswith(f"{acme}/sign-in")
    visitor.press(identifier="carla", password=PASSWORD)
    # Without scripts the response goes on by a button.
    with pytest.raises(_Arrived, match="code="):
        visitor.press()
    with enter_tenant("default"):
        assert User.objects.get().primary_email == "carla@acme.com"
        assert SsoIdentity.objects.get().issuer == f"{acme}/saml/{created.application_id}"
