"""Applications, their secrets, roles and consent, and SAML applications."""

from applications.models import Application
from identity.models import User
from organizations.models import Organization
from tests.contract.world import Case, World

ACS = {"binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": "https://sp.example/acs"}
URIS = {"redirectUris": ["https://shop.example/callback"], "postLogoutRedirectUris": []}


def furnish(world: World) -> None:
    own = Application.objects.filter(pk=world.id_of(Application))
    own.update(type="Traditional", is_third_party=True)
    Application.objects.update(oidc_client_metadata=URIS)
    third = {"name": "Partner", "type": "Traditional", "isThirdParty": True, "oidcClientMetadata": URIS}
    world.make("partner", "/api/applications", third)
    world.make("saml", "/api/saml-applications", {"name": "Wiki", "acsUrl": ACS, "entityId": "https://sp.example"})
    world.make("saml_secret", f"/api/saml-applications/{world['saml']}/secrets", {"lifeSpanInYears": 3})
    world.make("secret", f"/api/applications/{world['machine']}/secrets", {"name": "second"})
    world.make("", f"/api/applications/{world['partner']}/user-consent-scopes", {"userScopes": ["profile"]})
    world.make("", f"/api/applications/{world['machine']}/roles", {"roleIds": [world["machine_role"]]})
    world.make("", f"/api/applications/{world['partner']}/sign-in-experience", {"displayName": "Partner"}, method="put")


def _machine(world: World) -> dict[str, str]:
    return {
        "applicationId": world["machine"],
        "id": world["machine"],
        "name": "second",
        "roleId": world["machine_role"],
    }


def _partner(world: World) -> dict[str, str]:
    ids = {"scopeType": "user-scopes", "scopeId": "profile", "userId": world.id_of(User)}
    return {"applicationId": world["partner"], "id": world["partner"], **ids}


def _saml(world: World) -> dict[str, str]:
    return {"id": world["saml"], "secretId": world["saml_secret"]}


def _rules(world: World) -> dict[str, list[str]]:
    return {"userIds": [world.id_of(User)], "userRoleIds": [], "organizationIds": [], "organizationRoleRules": []}


def _organizations(world: World) -> dict[str, list[str]]:
    return {"organizationIds": [world.id_of(Organization)]}


_SIGN_IN = {
    "displayName": "Partner",
    "customCss": None,
    "color": {"primaryColor": "#0f766e"},
    "branding": {"logoUrl": "https://shop.example/logo.png"},
    "termsOfUseUrl": "https://shop.example/terms",
    "privacyPolicyUrl": None,
}
_APPLICATION = {"name": "Shop", "description": None, "oidcClientMetadata": URIS, "customClientMetadata": {}}

_CONSENT = "/api/applications/{id}/users/{userId}/consent-organizations"
_SECRETS = "/api/applications/{id}/secrets"

CASES = {
    "GET /api/applications": Case(query="types=SPA&types=Native"),
    "POST /api/applications": Case(
        body=lambda w: {**_APPLICATION, "type": "SPA", "customData": {"a": 1}, "isThirdParty": False}
    ),
    "PATCH /api/applications/{id}": Case(
        body=lambda w: {**_APPLICATION, "customData": {}, "appLevelAccessControlEnabled": True}
    ),
    "PUT /api/applications/{applicationId}/access-control": Case(body=_rules),
    "PATCH /api/applications/{applicationId}/custom-data": Case(body=lambda w: {"plan": "gold"}),
    "GET /api/applications/{applicationId}/roles": Case(ids=_machine),
    "POST /api/applications/{applicationId}/roles": Case(ids=_machine, body=lambda w: {"roleIds": [w["machine_role"]]}),
    "PUT /api/applications/{applicationId}/roles": Case(ids=_machine, body=lambda w: {"roleIds": [w["machine_role"]]}),
    "DELETE /api/applications/{applicationId}/roles/{roleId}": Case(ids=_machine),
    "GET /api/applications/{applicationId}/sign-in-experience": Case(ids=_partner),
    "PUT /api/applications/{applicationId}/sign-in-experience": Case(ids=_partner, body=lambda w: dict(_SIGN_IN)),
    "GET /api/applications/{applicationId}/user-consent-scopes": Case(ids=_partner),
    "POST /api/applications/{applicationId}/user-consent-scopes": Case(
        ids=_partner,
        body=lambda w: {
            "userScopes": ["email"],
            "resourceScopes": [w["scope"]],
            "organizationScopes": [],
            "organizationResourceScopes": [],
        },
    ),
    "DELETE /api/applications/{applicationId}/user-consent-scopes/{scopeType}/{scopeId}": Case(ids=_partner),
    "DELETE /api/applications/{id}/legacy-secret": Case(elsewhere="tests/management_api/test_applications.py"),
    "POST /api/applications/{id}/secrets": Case(ids=_machine, body=lambda w: {"name": "third", "expiresAt": None}),
    f"GET {_SECRETS}": Case(ids=_machine),
    f"PATCH {_SECRETS}/{{name}}": Case(ids=_machine, body=lambda w: {"name": "renamed"}),
    f"DELETE {_SECRETS}/{{name}}": Case(ids=_machine),
    f"GET {_CONSENT}": Case(ids=_partner),
    f"POST {_CONSENT}": Case(ids=_partner, body=_organizations),
    f"PUT {_CONSENT}": Case(ids=_partner, body=_organizations),
    f"DELETE {_CONSENT}/{{organizationId}}": Case(
        ids=lambda w: {**_partner(w), "organizationId": w.id_of(Organization)},
        before=lambda w: w.make(
            "", f"/api/applications/{w['partner']}/users/{w.id_of(User)}/consent-organizations", _organizations(w)
        ),
    ),
    "POST /api/saml-applications": Case(
        body=lambda w: {
            "name": "Wiki",
            "description": None,
            "customData": {},
            "acsUrl": ACS,
            "entityId": "https://x.example",
        }
    ),
    "GET /api/saml-applications/{id}": Case(ids=_saml),
    "PATCH /api/saml-applications/{id}": Case(ids=_saml, body=lambda w: {"name": "Docs", "attributeMapping": {}}),
    "DELETE /api/saml-applications/{id}": Case(ids=_saml),
    "GET /api/saml-applications/{id}/callback": Case(elsewhere="tests/saml"),
    "GET /api/saml-applications/{id}/metadata": Case(elsewhere="tests/saml"),
    "GET /api/saml/{id}/authn": Case(elsewhere="tests/saml"),
    "POST /api/saml/{id}/authn": Case(elsewhere="tests/saml"),
    "GET /api/saml-applications/{id}/secrets": Case(ids=_saml),
    "POST /api/saml-applications/{id}/secrets": Case(ids=_saml, body=lambda w: {"lifeSpanInYears": 1}),
    "PATCH /api/saml-applications/{id}/secrets/{secretId}": Case(ids=_saml, body=lambda w: {"active": True}),
    "DELETE /api/saml-applications/{id}/secrets/{secretId}": Case(ids=_saml),
}
