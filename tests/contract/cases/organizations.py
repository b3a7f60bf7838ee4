"""Organizations, their members, applications, joining rules and invitations, and the template of all of them."""

from common.clock import now, to_milliseconds
from connectors.models import SsoConnector
from identity.models import User
from tests.contract.world import Case, World


def furnish(world: World) -> None:
    world.make("organization", "/api/organizations", {"name": "Acme"})
    world.make("organization_role", "/api/organization-roles", {"name": "Editor"})
    machine = {"name": "Robot", "type": "MachineToMachine"}
    world.make("machine_organization_role", "/api/organization-roles", machine)
    world.make("organization_scope", "/api/organization-scopes", {"name": "edit:pages"})
    path, role = f"/api/organizations/{world['organization']}", world["organization_role"]
    world.make("", f"{path}/users", {"userIds": [world.id_of(User)]})
    world.make("", f"{path}/users/{world.id_of(User)}/roles", {"organizationRoleIds": [role]})
    world.make("", f"{path}/applications", {"applicationIds": [world["machine"]]})
    roles = {"organizationRoleIds": [world["machine_organization_role"]]}
    world.make("", f"{path}/applications/{world['machine']}/roles", roles)
    world.make("", f"{path}/jit/email-domains", {"emailDomain": "acme.example"})
    world.make("", f"{path}/jit/roles", {"organizationRoleIds": [role]})
    world.make("", f"{path}/jit/sso-connectors", {"ssoConnectorIds": [world.id_of(SsoConnector)]})
    scopes = f"/api/organization-roles/{role}"
    world.make("", f"{scopes}/scopes", {"organizationScopeIds": [world["organization_scope"]]})
    world.make("", f"{scopes}/resource-scopes", {"scopeIds": [world["scope"]]})
    world.make("invitation", "/api/organization-invitations", _invitation(world, "carol@example.com"))


def _invitation(world: World, invitee: str) -> dict[str, object]:
    return {
        "invitee": invitee,
        "organizationId": world["organization"],
        "inviterId": None,
        "expiresAt": to_milliseconds(now()) + 86_400_000,  # type: ignore[operator]  # a moment
        "organizationRoleIds": [],
        "messagePayload": False,
    }


def _ids(world: World) -> dict[str, str]:
    return {
        "id": world["organization"],
        "userId": world.id_of(User),
        "applicationId": world["machine"],
        "emailDomain": "acme.example",
        "ssoConnectorId": world.id_of(SsoConnector),
    }


def _people(world: World) -> dict[str, str]:
    return {**_ids(world), "organizationRoleId": world["organization_role"]}


def _machines(world: World) -> dict[str, str]:
    return {**_ids(world), "organizationRoleId": world["machine_organization_role"]}


def _template(world: World) -> dict[str, str]:
    scopes = {"organizationScopeId": world["organization_scope"], "scopeId": world["scope"]}
    return {"id": world["organization_role"], **scopes}


def _invited(world: World) -> dict[str, str]:
    return {"id": world["invitation"]}


_ORGANIZATION = {
    "name": "Initech",
    "description": None,
    "customData": {"a": 1},
    "isMfaRequired": True,
    "color": {"primaryColor": "#0f766e"},
    "branding": {"logoUrl": "https://acme.example/logo.png"},
    "customCss": None,
}
_BASE, _ROLE = "/api/organizations/{id}", "/api/organization-roles/{id}"


def _role_ids(world: World) -> dict[str, list[str]]:
    return {"organizationRoleIds": [world["organization_role"]]}


def _machine_role_ids(world: World) -> dict[str, list[str]]:
    return {"organizationRoleIds": [world["machine_organization_role"]]}


def _user_ids(world: World) -> dict[str, list[str]]:
    return {"userIds": [world.id_of(User)]}


def _application_ids(world: World) -> dict[str, list[str]]:
    return {"applicationIds": [world["machine"]]}


CASES = {
    "GET /api/organizations": Case(query="q=acme&showFeatured=true"),
    "POST /api/organizations": Case(body=lambda w: dict(_ORGANIZATION)),
    f"GET {_BASE}": Case(ids=_ids),
    f"PATCH {_BASE}": Case(ids=_ids, body=lambda w: dict(_ORGANIZATION)),
    f"DELETE {_BASE}": Case(ids=_ids),
    f"GET {_BASE}/applications": Case(ids=_ids),
    f"POST {_BASE}/applications": Case(ids=_ids, body=_application_ids),
    f"PUT {_BASE}/applications": Case(ids=_ids, body=_application_ids),
    f"POST {_BASE}/applications/roles": Case(ids=_ids, body=lambda w: {**_application_ids(w), **_machine_role_ids(w)}),
    f"DELETE {_BASE}/applications/{{applicationId}}": Case(ids=_ids),
    f"GET {_BASE}/applications/{{applicationId}}/roles": Case(ids=_ids),
    f"POST {_BASE}/applications/{{applicationId}}/roles": Case(ids=_ids, body=_machine_role_ids),
    f"PUT {_BASE}/applications/{{applicationId}}/roles": Case(ids=_ids, body=_machine_role_ids),
    f"DELETE {_BASE}/applications/{{applicationId}}/roles/{{organizationRoleId}}": Case(ids=_machines),
    f"GET {_BASE}/jit/email-domains": Case(ids=_ids),
    f"POST {_BASE}/jit/email-domains": Case(ids=_ids, body=lambda w: {"emailDomain": "other.example"}),
    f"PUT {_BASE}/jit/email-domains": Case(ids=_ids, body=lambda w: {"emailDomains": ["other.example"]}),
    f"DELETE {_BASE}/jit/email-domains/{{emailDomain}}": Case(ids=_ids),
    f"GET {_BASE}/jit/roles": Case(ids=_ids),
    f"POST {_BASE}/jit/roles": Case(ids=_ids, body=_role_ids),
    f"PUT {_BASE}/jit/roles": Case(ids=_ids, body=_role_ids),
    f"DELETE {_BASE}/jit/roles/{{organizationRoleId}}": Case(ids=_people),
    f"GET {_BASE}/jit/sso-connectors": Case(ids=_ids),
    f"POST {_BASE}/jit/sso-connectors": Case(ids=_ids, body=lambda w: {"ssoConnectorIds": [w.id_of(SsoConnector)]}),
    f"PUT {_BASE}/jit/sso-connectors": Case(ids=_ids, body=lambda w: {"ssoConnectorIds": []}),
    f"DELETE {_BASE}/jit/sso-connectors/{{ssoConnectorId}}": Case(ids=_ids),
    f"GET {_BASE}/users": Case(ids=_ids),
    f"POST {_BASE}/users": Case(ids=_ids, body=_user_ids),
    f"PUT {_BASE}/users": Case(ids=_ids, body=_user_ids),
    f"POST {_BASE}/users/roles": Case(ids=_ids, body=lambda w: {**_user_ids(w), **_role_ids(w)}),
    f"DELETE {_BASE}/users/{{userId}}": Case(ids=_ids),
    f"GET {_BASE}/users/{{userId}}/roles": Case(ids=_ids),
    f"POST {_BASE}/users/{{userId}}/roles": Case(ids=_ids, body=_role_ids),
    f"PUT {_BASE}/users/{{userId}}/roles": Case(ids=_ids, body=_role_ids),
    f"DELETE {_BASE}/users/{{userId}}/roles/{{organizationRoleId}}": Case(ids=_people),
    f"GET {_BASE}/users/{{userId}}/scopes": Case(ids=_ids),
    "POST /api/organization-roles": Case(
        body=lambda w: {
            "name": "Boss",
            "description": None,
            "type": "User",
            "organizationScopeIds": [w["organization_scope"]],
            "resourceScopeIds": [w["scope"]],
        }
    ),
    f"GET {_ROLE}": Case(ids=_template),
    f"PATCH {_ROLE}": Case(ids=_template, body=lambda w: {"name": "Boss", "description": "All"}),
    f"DELETE {_ROLE}": Case(ids=_template),
    f"GET {_ROLE}/scopes": Case(ids=_template),
    f"POST {_ROLE}/scopes": Case(ids=_template, body=lambda w: {"organizationScopeIds": [w["organization_scope"]]}),
    f"PUT {_ROLE}/scopes": Case(ids=_template, body=lambda w: {"organizationScopeIds": []}),
    f"DELETE {_ROLE}/scopes/{{organizationScopeId}}": Case(ids=_template),
    f"GET {_ROLE}/resource-scopes": Case(ids=_template),
    f"POST {_ROLE}/resource-scopes": Case(ids=_template, body=lambda w: {"scopeIds": [w["scope"]]}),
    f"PUT {_ROLE}/resource-scopes": Case(ids=_template, body=lambda w: {"scopeIds": []}),
    f"DELETE {_ROLE}/resource-scopes/{{scopeId}}": Case(ids=_template),
    "POST /api/organization-scopes": Case(body=lambda w: {"name": "read:pages", "description": None}),
    "PATCH /api/organization-scopes/{id}": Case(body=lambda w: {"name": "see:pages", "description": None}),
    "POST /api/organization-invitations": Case(body=lambda w: _invitation(w, "dave@example.com")),
    "GET /api/organization-invitations/{id}": Case(ids=_invited),
    "DELETE /api/organization-invitations/{id}": Case(
        ids=_invited,
    ),
    "PUT /api/organization-invitations/{id}/status": Case(ids=_invited, body=lambda w: {"status": "Revoked"}),
    "POST /api/organization-invitations/{id}/message": Case(ids=_invited, body=lambda w: {"link": "https://a.example"}),
}
