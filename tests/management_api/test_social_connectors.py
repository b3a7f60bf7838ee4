"""`/api/connectors` and `/api/connector-factories` of social kinds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from connectors.models import PendingAuthorization
from connectors.services.authorizations import delete_expired_authorizations
from connectors.services.connectors import create_connector
from tests.connectors.orchard import ORCHARD_CONFIG, orchards  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("orchards")]

JSON = "application/json"
PAGE = "https://shop.example/link"


def add(api: Client, kind: str = "orchard-web", **options: Any) -> Any:
    body = {"connectorId": kind, "config": ORCHARD_CONFIG, **options}
    return api.post("/api/connectors", body, content_type=JSON)


def test_a_kind_is_described_with_its_form_and_its_guide(api: Client) -> None:
    kinds = {kind["id"]: kind for kind in api.get("/api/connector-factories").json()}
    orchard = api.get("/api/connector-factories/orchard-web").json()
    assert kinds["orchard-web"] == orchard
    said = {name: orchard[name] for name in ("type", "target", "platform", "isStandard", "isTokenStorageSupported")}
    assert said == {
        "type": "Social",
        "target": "orchard",
        "platform": "Web",
        "isStandard": False,
        "isTokenStorageSupported": True,
    }
    assert orchard["logo"] == "http://localhost:8000/static/connectors/logos/oidc.svg"
    assert orchard["logoDark"] is None
    assert "`http://localhost:8000/callback/<connectorId>`" in orchard["readme"]
    items = {item["key"]: item for item in orchard["formItems"]}
    assert items["region"]["selectItems"][0] == {"value": "north", "title": "The north"}
    assert items["orchardHost"]["showConditions"] == [{"targetKey": "region", "expectValue": "south"}]
    assert items["clientSecret"]["isConfidential"] is True
    assert kinds["trellis"]["isStandard"] is True
    assert kinds["http-email"]["platform"] is None
    assert api.get("/api/connector-factories/moon").status_code == 404


def test_a_connector_has_its_own_words_where_its_kind_is_a_standard(api: Client) -> None:
    metadata = {"target": "vines", "name": {"en": "Vines", "de": "Reben"}, "logo": "https://vines.example/logo.svg"}
    made = add(api, "trellis", metadata=metadata, id="vines-1", syncProfile=True)
    assert made.status_code == 200, made.json()
    row = made.json()
    assert (row["id"], row["connectorId"], row["target"], row["name"]) == (
        "vines-1",
        "trellis",
        "vines",
        {"en": "Vines", "de": "Reben"},
    )
    assert (row["logo"], row["metadata"], row["syncProfile"]) == (metadata["logo"], metadata, True)
    assert "`http://localhost:8000/callback/vines-1`" in row["readme"]
    assert api.get("/api/connectors/vines-1").json() == row
    changed = api.patch("/api/connectors/vines-1", {"metadata": {"name": {"en": "Grapes"}}}, content_type=JSON)
    assert changed.json()["metadata"] == {"target": "vines", "name": {"en": "Grapes"}}
    assert changed.json()["logo"].endswith("/oidc.svg")


def test_connectors_are_listed_by_target(api: Client) -> None:
    add(api)
    for target in ("orchard", "vines"):
        add(api, "trellis", metadata={"target": target})
    listed = api.get("/api/connectors", {"target": "orchard"}).json()
    assert sorted(row["connectorId"] for row in listed) == ["orchard-web", "trellis"]
    assert api.get("/api/connectors", {"target": "moon"}).json() == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"connectorId": "moon"}, 422, "connector.not_found_with_connector_id"),
        ({"connectorId": "trellis"}, 400, "connector.should_specify_target"),
        ({"connectorId": "trellis", "metadata": {"target": "orchard"}, "config": {}}, 400, "connector.invalid_config"),
        ({"connectorId": "trellis", "metadata": {"target": "a b"}}, 400, "guard.invalid_input"),
        ({"connectorId": "orchard-web"}, 422, "connector.multiple_instances_not_supported"),
        (
            {"connectorId": "orchard-web", "metadata": {"target": "x"}},
            400,
            "connector.cannot_overwrite_metadata_for_non_standard_connector",
        ),
    ],
)
def test_refusals_have_the_codes_of_the_contract(api: Client, body: dict[str, Any], status: int, code: str) -> None:
    add(api)
    answer = api.post("/api/connectors", body, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def authorize(api: Client, connector_id: str, **body: Any) -> Any:
    return api.post(f"/api/connectors/{connector_id}/authorization-uri", body, content_type=JSON)


def test_a_sign_in_is_started_for_a_page_of_the_developers_own(api: Client) -> None:
    connector_id = add(api).json()["id"]
    answer = authorize(api, connector_id, state="s1", redirectUri=PAGE)
    assert answer.status_code == 200
    assert answer.json()["redirectTo"].startswith("https://orchard.example/authorize?client_id=orchard-client&state=s1")
    assert authorize(api, connector_id, state="s1", redirectUri=PAGE).status_code == 200
    [row] = PendingAuthorization.objects.all()
    assert b"nonce" not in bytes(row.sealed_session)
    PendingAuthorization.objects.update(expires_at=now() - timedelta(seconds=1))
    delete_expired_authorizations()
    assert not PendingAuthorization.objects.exists()


def test_what_starts_no_sign_in(api: Client) -> None:
    connector_id = add(api).json()["id"]
    for body in ({"state": "", "redirectUri": PAGE}, {"state": "s", "redirectUri": ""}):
        answer = authorize(api, connector_id, **body)
        assert (answer.status_code, answer.json()["code"]) == (400, "session.insufficient_info")
    odd: list[Any] = [{"state": "s"}, {"state": "s" * 1025, "redirectUri": PAGE}, {"state": ["s"], "redirectUri": PAGE}]
    for case in odd:
        assert authorize(api, connector_id, **case).json()["code"] == "guard.invalid_input"
    email = create_connector(factory_id="http-email", config={"endpoint": "https://mail.example"}, actor=SYSTEM)
    answer = authorize(api, email.id, state="s", redirectUri=PAGE)
    assert (answer.status_code, answer.json()["code"]) == (400, "connector.unexpected_type")
    api.delete(f"/api/connectors/{connector_id}")
    assert authorize(api, connector_id, state="s", redirectUri=PAGE).status_code == 404
