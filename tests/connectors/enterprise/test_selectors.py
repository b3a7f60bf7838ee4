"""Which enterprise connectors a sign-in finds."""

import json
from typing import Any

import pytest
from rest_framework import serializers

from common.crypto import seal
from connectors.enterprise import provider as providers
from connectors.enterprise.provider import Provider, ProviderType
from connectors.enterprise.selectors import (
    CONFIG_CONTEXT,
    find_sso_connection,
    list_connections_of_domain,
    list_sso_connections,
)
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, SignInRequest, SignInStart
from tenants.context import enter_tenant
from tenants.models import Tenant


class _Config(serializers.Serializer[Any]):
    issuer = serializers.CharField()


class _Echo:
    def start(self, connection: Any, request: SignInRequest) -> SignInStart:
        return SignInStart(f"{connection.config['issuer']}?state={request.state}", {})

    def finish(self, connection: Any, *, data: Any, session: Any) -> ProviderSignIn:
        return ProviderSignIn(ProviderUser(data["user"]), issuer=connection.config["issuer"])

    def describe(self, config: Any) -> dict[str, Any]:
        return {}


@pytest.fixture(autouse=True)
def _provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_providers", {})
    providers.register(
        Provider(
            name="Echo",
            title="Echo ID",
            type=ProviderType.OIDC,
            description="",
            protocol=_Echo(),
            config=_Config,
            form_items=(),
            logo="",
            logo_dark="",
            readme="",
        )
    )


def connector(name: str, domains: list[str], **fields: Any) -> SsoConnector:
    """A row as the services write it."""
    config = fields.pop("config", {"issuer": f"https://{name}.example"})
    sealed = seal(json.dumps(config), context=CONFIG_CONTEXT)
    values = {"provider_name": "Echo", "connector_name": name, "sealed_config": sealed, "domains": domains} | fields
    return SsoConnector.objects.create(**values)


def test_a_domain_has_the_connectors_that_claim_it(tenant: Tenant) -> None:
    initech = connector("initech", ["initech.com", "initech.de"])
    hooli = connector("hooli", ["initech.com"])
    assert [found.id for found in list_connections_of_domain("Initech.COM")] == [initech.id, hooli.id]
    assert [found.id for found in list_connections_of_domain("initech.de")] == [initech.id]
    assert list_connections_of_domain("sub.initech.com") == []
    assert list_connections_of_domain("") == []


def test_a_domain_in_other_letters_is_the_same(tenant: Tenant) -> None:
    connector("umlaut", ["xn--bcher-kva.example"])
    assert list_connections_of_domain("Bücher.example")[0].name == "umlaut"


def test_a_connector_without_valid_configuration_is_none(tenant: Tenant) -> None:
    row = connector("unfinished", ["initech.com"], config={})
    foreign = connector("unknown", ["initech.com"], provider_name="Removed")
    assert list_connections_of_domain("initech.com") == []
    assert find_sso_connection(row.id) is find_sso_connection(foreign.id) is None


def test_a_change_is_seen_at_once(tenant: Tenant) -> None:
    row = connector("initech", [])
    found = list_sso_connections()[row.id]
    assert not found.is_offered
    row.domains = ["initech.com"]
    row.save()
    assert list_connections_of_domain("initech.com")[0].is_offered


def test_connectors_of_another_tenant_are_not_found(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        row = connector("initech", ["initech.com"])
    with enter_tenant("default"):
        assert find_sso_connection(row.id) is None
        assert list_connections_of_domain("initech.com") == []


def test_users_read_the_connectors_own_name_else_the_providers(tenant: Tenant) -> None:
    plain = connector("plain", ["a.example"])
    named = connector("named", ["b.example"], branding={"displayName": "Initech"})
    assert [found.display_name for found in list_sso_connections().values()] == ["Echo ID", "Initech"]
    assert list(list_sso_connections()) == [plain.id, named.id]


def test_a_connection_signs_in_through_its_provider(tenant: Tenant) -> None:
    row = connector("initech", ["initech.com"])
    found = list_sso_connections()[row.id]
    request = SignInRequest("s1", "https://login.example/callback", row.id, "https://login.example")
    assert found.start(request).url == "https://initech.example?state=s1"
    signed_in = found.finish(data={"user": "peter"}, session={})
    assert (signed_in.user.id, signed_in.issuer) == ("peter", "https://initech.example")
