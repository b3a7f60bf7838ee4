"""Connectors: messages, social sign-in, enterprises."""

from connectors.kinds.smtp import FACTORY_ID
from tests.connectors.enterprise.initech import MANUAL
from tests.contract.world import Case, World

SMTP = {"host": "mail.example", "port": 25, "fromEmail": "no-reply@example.com"}
GITHUB = {"clientId": "id", "clientSecret": "secret"}
SSO = {"providerName": "SAML", "connectorName": "Umbrella", "config": MANUAL, "domains": ["umbrella.example"]}


def furnish(world: World) -> None:
    world.make("github", "/api/connectors", {"connectorId": "github-universal", "config": GITHUB})
    world.make("smtp", "/api/connectors", {"connectorId": FACTORY_ID, "config": SMTP})
    initech = {"connectorName": "Initech", "domains": ["initech.example"]}
    world.make("sso", "/api/sso-connectors", {**SSO, **initech})
    world.make("key", f"/api/sso-connectors/{world['sso']}/signing-keys", {"active": False})
    world.make("idp", f"/api/sso-connectors/{world['sso']}/idp-initiated-auth-config", _initiated(world), method="put")


def _github(world: World) -> dict[str, str]:
    return {"id": world["github"], "connectorId": world["github"]}


def _sso(world: World) -> dict[str, str]:
    return {"id": world["sso"], "keyId": world["key"]}


def _initiated(world: World) -> dict[str, object]:
    return {
        "defaultApplicationId": world["partner"],
        "redirectUri": None,
        "authParameters": {"scope": "openid"},
        "autoSendAuthorizationRequest": True,
    }


_SSO = "/api/sso-connectors/{id}"

CASES = {
    "GET /api/connector-factories/{id}": Case(ids=lambda w: {"id": "github-universal"}, is_owned=False),
    "POST /api/connectors": Case(
        body=lambda w: {"connectorId": "google-universal", "config": GITHUB, "syncProfile": True}
    ),
    "POST /api/connectors/{connectorId}/authorization-uri": Case(
        ids=_github, body=lambda w: {"state": "s", "redirectUri": "https://shop.example/link"}
    ),
    "POST /api/connectors/{factoryId}/test": Case(elsewhere="tests/management_api/test_connectors.py"),
    "GET /api/connectors/{id}": Case(ids=_github),
    "PATCH /api/connectors/{id}": Case(ids=_github, body=lambda w: {"config": GITHUB, "syncProfile": True}),
    "DELETE /api/connectors/{id}": Case(ids=_github),
    "POST /api/sso-connectors": Case(body=lambda w: dict(SSO)),
    f"GET {_SSO}": Case(ids=_sso),
    f"PATCH {_SSO}": Case(ids=_sso, body=lambda w: {"connectorName": "Renamed", "syncProfile": True}),
    f"DELETE {_SSO}": Case(ids=_sso),
    f"GET {_SSO}/idp-initiated-auth-config": Case(ids=_sso),
    f"PUT {_SSO}/idp-initiated-auth-config": Case(ids=_sso, body=_initiated),
    f"DELETE {_SSO}/idp-initiated-auth-config": Case(ids=_sso),
    f"GET {_SSO}/signing-keys": Case(ids=_sso),
    f"POST {_SSO}/signing-keys": Case(ids=_sso, body=lambda w: {"active": False}),
    f"PATCH {_SSO}/signing-keys/{{keyId}}": Case(ids=_sso, body=lambda w: {"active": True}),
    f"DELETE {_SSO}/signing-keys/{{keyId}}": Case(ids=_sso),
    "POST /api/authn/saml/{connectorId}": Case(elsewhere="tests/spec/saml"),
    "POST /api/authn/single-sign-on/saml/{connectorId}": Case(elsewhere="tests/spec/saml"),
    "GET /api/authn/hasura": Case(elsewhere="tests/management_api/test_hasura.py"),
}
