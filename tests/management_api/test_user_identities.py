"""`/api/users/:id/identities` and its kin: a user's accounts at other providers, as a backend handles them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.actors import SYSTEM
from common.clock import now, to_milliseconds
from common.errors import AppError
from connectors.models import Connector, SsoConnector
from connectors.provider_sign_in import ProviderUser, TokenSet
from connectors.selectors import find_social_connection
from connectors.services.authorizations import finish_authorization
from connectors.services.connectors import create_connector, delete_connector
from events.models import AuditLog
from identity.models import FederatedTokenSet, User
from identity.services.sso_identities import link_sso_identity
from identity.services.token_vault import store_sso_tokens
from tests.connectors.orchard import ORCHARD_CONFIG, orchards  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("orchards")]

JSON = "application/json"
PAGE = "https://shop.example/link"


@pytest.fixture
def connector(tenant: Any) -> Connector:
    return create_connector(factory_id="orchard-web", config=ORCHARD_CONFIG, enable_token_storage=True, actor=SYSTEM)


@pytest.fixture
def okta(tenant: Any) -> SsoConnector:
    return SsoConnector.objects.create(provider_name="Okta", connector_name="Acme", sealed_config=b"")


def start(api: Client, connector: Connector, state: str = "s1") -> None:
    body = {"state": state, "redirectUri": PAGE}
    assert api.post(f"/api/connectors/{connector.id}/authorization-uri", body, content_type=JSON).status_code == 200


def link(api: Client, user: User, connector: Connector, account: str = "apple", **data: Any) -> Any:
    returned = {"code": account, "state": "s1", "redirectUri": PAGE, **data}
    body = {"connectorId": connector.id, "connectorData": returned}
    return api.post(f"/api/users/{user.id}/identities", body, content_type=JSON)


def test_an_account_that_signed_in_is_linked(api: Client, alice: User, connector: Connector) -> None:
    start(api, connector)
    answer = link(api, alice, connector)
    assert answer.status_code == 200, answer.json()
    identity = answer.json()["orchard"]
    assert identity["userId"] == "apple"
    assert identity["details"]["email"] == "apple@orchard.example"
    held = api.get(f"/api/users/{alice.id}/identities/orchard").json()
    assert held == {"identity": identity}
    with_tokens = api.get(f"/api/users/{alice.id}/identities/orchard", {"includeTokenSecret": "true"}).json()
    secret = with_tokens["tokenSecret"]
    row = FederatedTokenSet.objects.get()
    assert secret == {
        "tenantId": "default",
        "id": row.id,
        "userId": alice.id,
        "type": "federated_token_set",
        "metadata": {"expiresAt": 2_000_000_000, "hasRefreshToken": True},
        "createdAt": to_milliseconds(row.created_at),
        "updatedAt": to_milliseconds(row.updated_at),
        "connectorId": connector.id,
        "target": "orchard",
        "identityId": "apple",
    }
    everything = str([entry.payload for entry in AuditLog.objects.all()]) + str(with_tokens)
    assert "orchard-token" not in everything
    assert "orchard-refresh" not in everything


def test_what_a_browser_came_back_with_is_good_once(api: Client, alice: User, connector: Connector) -> None:
    """Replayed, forged or late answers of a provider link nothing: the session behind the state is taken away."""
    answer = link(api, alice, connector)
    assert (answer.status_code, answer.json()["code"]) == (400, "session.connector_session_not_found")
    start(api, connector)
    assert link(api, alice, connector).status_code == 200
    assert link(api, alice, connector, "pear").json()["code"] == "session.connector_session_not_found"
    start(api, connector)
    assert link(api, alice, connector, redirectUri="https://evil.example").status_code == 401
    assert link(api, alice, connector).json()["code"] == "session.connector_session_not_found"
    start(api, connector)
    assert api.get(f"/api/users/{alice.id}").json()["identities"]["orchard"]["userId"] == "apple"


def test_a_sign_in_takes_ten_minutes_at_most(api: Client, connector: Connector) -> None:
    start(api, connector)
    connection = find_social_connection(connector.id)
    assert connection is not None
    data = {"code": "apple", "state": "s1", "redirectUri": PAGE}
    with time_machine.travel(now() + timedelta(minutes=11), tick=False), pytest.raises(AppError) as error:
        finish_authorization(connection, data=data)
    assert error.value.code == "session.connector_session_not_found"


def test_a_state_belongs_to_its_connector(api: Client, alice: User, connector: Connector) -> None:
    other = create_connector(factory_id="trellis", config=ORCHARD_CONFIG, metadata={"target": "vines"}, actor=SYSTEM)
    start(api, connector)
    assert link(api, alice, other).json()["code"] == "session.connector_session_not_found"


def test_linking_names_a_configured_social_connector(api: Client, alice: User, connector: Connector) -> None:
    email = create_connector(factory_id="http-email", config={"endpoint": "https://mail.example"}, actor=SYSTEM)
    for connector_id in ("moon", email.id, ""):
        body = {"connectorId": connector_id, "connectorData": {}}
        answer = api.post(f"/api/users/{alice.id}/identities", body, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, "session.invalid_connector_id")
    body = {"connectorId": connector.id, "connectorData": []}
    answer = api.post(f"/api/users/{alice.id}/identities", body, content_type=JSON)
    assert answer.json()["code"] == "guard.invalid_input"


def test_an_account_of_another_user_stays_theirs(api: Client, alice: User, bob: User, connector: Connector) -> None:
    start(api, connector)
    link(api, alice, connector)
    start(api, connector)
    answer = link(api, bob, connector)
    assert (answer.status_code, answer.json()["code"]) == (422, "user.identity_already_in_use")
    put = api.put(f"/api/users/{bob.id}/identities/orchard", {"userId": "apple"}, content_type=JSON)
    assert (put.status_code, put.json()["code"]) == (422, "user.identity_already_in_use")


def test_an_identity_is_put_replaced_and_removed(api: Client, alice: User, connector: Connector) -> None:
    address = f"/api/users/{alice.id}/identities/orchard"
    assert api.get(address).json()["code"] == "user.identity_not_exist"
    assert api.delete(address).status_code == 404
    put = api.put(address, {"userId": "pear", "details": {"color": "green"}}, content_type=JSON)
    assert (put.status_code, put.json()) == (201, {"orchard": {"userId": "pear", "details": {"color": "green"}}})
    start(api, connector)
    link(api, alice, connector)
    put = api.put(address, {"userId": "plum"}, content_type=JSON)
    assert (put.status_code, put.json()) == (200, {"orchard": {"userId": "plum"}})
    # The tokens were those of another account.
    assert not FederatedTokenSet.objects.exists()
    for body in ({}, {"userId": ""}, {"userId": 7}, {"userId": "a" * 257}, {"userId": "a", "details": "b"}):
        refused = api.put(address, body, content_type=JSON)
        assert refused.json()["code"] == "guard.invalid_input", body
    removed = api.delete(address)
    assert removed.status_code == 200
    assert (removed.json()["id"], removed.json()["identities"]) == (alice.id, {})


def test_enterprise_accounts_are_read_with_their_user(api: Client, alice: User, okta: SsoConnector) -> None:
    account = ProviderUser("00u1", email="alice@acme.com")
    identity = link_sso_identity(
        alice, connector_id=okta.id, issuer="https://acme.okta.example", account=account, actor=SYSTEM
    )
    row = {
        "tenantId": "default",
        "id": identity.id,
        "userId": alice.id,
        "issuer": "https://acme.okta.example",
        "identityId": "00u1",
        "detail": {"id": "00u1", "email": "alice@acme.com"},
        "createdAt": to_milliseconds(identity.created_at),
        "updatedAt": to_milliseconds(identity.updated_at),
        "ssoConnectorId": okta.id,
    }
    address = f"/api/users/{alice.id}/sso-identities/{okta.id}"
    assert api.get(address).json() == {"ssoIdentity": row}
    assert api.get(f"/api/users/{alice.id}", {"includeSsoIdentities": "true"}).json()["ssoIdentities"] == [row]
    assert "ssoIdentities" not in api.get(f"/api/users/{alice.id}").json()
    store_sso_tokens(identity, tokens=TokenSet("t", scope="openid"), actor=SYSTEM)
    secret = api.get(address, {"includeTokenSecret": "1"}).json()["tokenSecret"]
    assert (secret["ssoConnectorId"], secret["issuer"], secret["identityId"]) == (okta.id, row["issuer"], "00u1")
    assert secret["metadata"] == {"scope": "openid", "hasRefreshToken": False}
    missing = api.get(f"/api/users/{alice.id}/sso-identities/moon")
    assert (missing.status_code, missing.json()["code"]) == (404, "user.enterprise_sso_identity_not_exists")


def test_all_accounts_are_read_at_once(
    api: Client, alice: User, connector: Connector, okta: SsoConnector, django_assert_max_num_queries: Any
) -> None:
    start(api, connector)
    link(api, alice, connector)
    api.put(f"/api/users/{alice.id}/identities/imported", {"userId": "x"}, content_type=JSON)
    identity = link_sso_identity(
        alice, connector_id=okta.id, issuer="https://i", account=ProviderUser("1"), actor=SYSTEM
    )
    store_sso_tokens(identity, tokens=TokenSet("t"), actor=SYSTEM)
    address = f"/api/users/{alice.id}/all-identities"
    bare = api.get(address).json()
    assert [row["target"] for row in bare["socialIdentities"]] == ["orchard", "imported"]
    assert [row["ssoConnectorId"] for row in bare["ssoIdentities"]] == [okta.id]
    assert "tokenSecret" not in str(bare)
    full = api.get(address, {"includeTokenSecret": "true"}).json()
    by_target = {row["target"]: row for row in full["socialIdentities"]}
    assert by_target["orchard"]["tokenSecret"]["identityId"] == "apple"
    assert "tokenSecret" not in by_target["imported"]
    assert full["ssoIdentities"][0]["tokenSecret"]["issuer"] == "https://i"


def test_stored_tokens_are_deleted_by_themselves_and_with_their_connector(
    api: Client, alice: User, connector: Connector
) -> None:
    start(api, connector)
    link(api, alice, connector)
    secret_id = FederatedTokenSet.objects.get().id
    assert api.delete(f"/api/secrets/{secret_id}").status_code == 204
    assert api.delete(f"/api/secrets/{secret_id}").json()["code"] == "entity.not_found"
    assert "orchard" in api.get(f"/api/users/{alice.id}").json()["identities"]
    start(api, connector)
    link(api, alice, connector)
    delete_connector(connector.id, actor=SYSTEM)
    assert not FederatedTokenSet.objects.exists()
    # The user stays known by the account: another connector of the target signs them in again.
    assert "orchard" in api.get(f"/api/users/{alice.id}").json()["identities"]


def test_without_token_storage_nothing_is_kept(api: Client, alice: User) -> None:
    connector = create_connector(factory_id="orchard-web", config=ORCHARD_CONFIG, actor=SYSTEM)
    start(api, connector)
    assert link(api, alice, connector).status_code == 200
    assert not FederatedTokenSet.objects.exists()
