"""An identity provider's metadata: read, fetched, remembered, and read again when its certificate has changed."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from common.http import Response
from common.saml.metadata import render_idp_metadata
from connectors.enterprise.saml.identity_provider import read_identity_provider
from connectors.enterprise.services.connectors import create_sso_connector
from connectors.models import SsoConnector
from connectors.oauth import documents
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.connectors.enterprise.initech import answer, connection_of, create_saml_connector, request_for
from tests.spec.saml.messages import IDP, key_pair

URL = "https://idp.example/metadata"
BY_URL = {"metadataUrl": URL}


class Published:
    """The metadata at an address, and how often it was asked for."""

    def __init__(self) -> None:
        self.signers = ["idp"]
        self.calls = 0
        self.status = 200
        self.moment = 1000.0

    def call(self, _method: str, _url: str, **options: Any) -> Response:
        self.calls += 1
        assert "xml" in options["headers"]["Accept"]
        return Response(self.status, {}, document(*self.signers))


def document(*signers: str, **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "entity_id": IDP,
        "certificates": [key_pair(signer)[1] for signer in signers],
        "sso_redirect_url": "https://idp.example/sso",
        "sso_post_url": "https://idp.example/sso",
    }
    return render_idp_metadata(**values | changes)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    found = Published()
    monkeypatch.setattr(documents, "call", found.call)
    monkeypatch.setattr("connectors.oauth.documents.time.monotonic", lambda: found.moment)
    return found


def sign_in(connector: SsoConnector, signer: str) -> str:
    session = connection_of(connector).start(request_for(connector)).session
    response = answer(connector, session["requestId"], signer=signer)
    return connection_of(connector).finish(data={"SAMLResponse": response}, session=session).user.id


def test_metadata_by_hand(tenant: Tenant) -> None:
    row = create_saml_connector(config={"metadata": document("idp").decode()})
    assert sign_in(row, "idp") == "alice"


def test_fetched_metadata_is_remembered_for_an_hour(tenant: Tenant, published: Published) -> None:
    row = create_saml_connector(config=BY_URL)
    assert sign_in(row, "idp") == sign_in(row, "idp") == "alice"
    assert published.calls == 1
    published.moment += 3601
    sign_in(row, "idp")
    assert published.calls == 2


def test_a_new_certificate_is_learned_when_the_old_one_does_not_fit(tenant: Tenant, published: Published) -> None:
    """An identity provider that rotated its key within the hour locked its users out until the metadata was old."""
    row = create_saml_connector(config=BY_URL)
    published.signers = ["new"]
    published.moment += 60
    assert sign_in(row, "new") == "alice"
    assert published.calls == 2
    with pytest.raises(AppError):
        sign_in(row, "idp")


def test_forged_signatures_do_not_make_us_fetch_each_time(tenant: Tenant, published: Published) -> None:
    row = create_saml_connector(config=BY_URL)
    published.moment += 60
    for _ in range(5):
        with pytest.raises(AppError) as failure:
            sign_in(row, "mallory")
        assert failure.value.data == {"error": "signature"}
    assert published.calls == 2


def test_an_identity_provider_that_is_down_is_known_for_a_day(tenant: Tenant, published: Published) -> None:
    row = create_saml_connector(config=BY_URL)
    published.status = 503
    published.moment += 7200
    assert sign_in(row, "idp") == "alice"
    published.moment += 90_000
    with pytest.raises(AppError) as failure:
        sign_in(row, "idp")
    assert failure.value.code == "connector.general"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            document("idp", sso_redirect_url="https://idp.example/sso").replace(b"HTTP-Redirect", b"X"),
            "no_redirect_binding",
        ),
        (document(), "no_certificate"),
        (b"<html>Sign in</html>", "metadata"),
        (b"", "metadata"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "metadata"),
    ],
)
def test_metadata_that_does_not_serve_is_refused(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, body: bytes, reason: str
) -> None:
    monkeypatch.setattr(documents, "call", lambda *_arguments, **_options: Response(200, {}, body))
    with pytest.raises(AppError) as failure:
        create_saml_connector(config=BY_URL)
    assert failure.value.code == "connector.invalid_config"
    assert failure.value.data["reason"] == reason
    assert not SsoConnector.objects.exists()


def test_what_one_tenant_has_fetched_is_not_anothers(tenants: Any, published: Published) -> None:
    for name in ("default", "acme"):
        with enter_tenant(name):
            read_identity_provider(BY_URL)
    assert published.calls == 2


def test_providers_of_saml_say_who_their_identity_provider_is(tenant: Tenant, published: Published) -> None:
    row = create_sso_connector(provider_name="AzureAD", connector_name="Entra", config=BY_URL, actor=SYSTEM)
    provider = connection_of(row).provider.protocol.describe(BY_URL)["identityProvider"]
    assert (provider["entityId"], provider["signInEndpoint"]) == (IDP, "https://idp.example/sso")
    assert provider["x509Certificate"] == key_pair("idp")[1]
