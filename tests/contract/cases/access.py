"""Roles, API resources and their permissions."""

from identity.models import User
from tests.contract.world import Case, World


def furnish(world: World) -> None:
    machine = {"name": "Robot", "description": "For machines", "type": "MachineToMachine"}
    world.make("machine_role", "/api/roles", machine)
    world.make("role", "/api/roles", {"name": "Clerk", "description": "Reads orders"})
    world.make("machine", "/api/applications", {"name": "Robot", "type": "MachineToMachine"})
    world.make("other_resource", "/api/resources", {"name": "Orders", "indicator": "https://orders.example"})
    world.make("scope", f"/api/resources/{world['other_resource']}/scopes", {"name": "read:orders"})


def _role(world: World) -> dict[str, str]:
    return {"id": world["role"]}


CASES = {
    "POST /api/resources": Case(
        body=lambda w: {"name": "Shop", "indicator": "https://shop.example", "accessTokenTtl": 9}
    ),
    "PATCH /api/resources/{id}": Case(body=lambda w: {"name": "Shop", "accessTokenTtl": 60}),
    "PATCH /api/resources/{id}/is-default": Case(body=lambda w: {"isDefault": True}),
    "POST /api/resources/{resourceId}/scopes": Case(body=lambda w: {"name": "write", "description": "Writes"}),
    "PATCH /api/resources/{resourceId}/scopes/{scopeId}": Case(body=lambda w: {"name": "w", "description": None}),
    "POST /api/roles": Case(
        body=lambda w: {
            "name": "Boss",
            "description": "All",
            "type": "User",
            "isDefault": False,
            "scopeIds": [w["scope"]],
        }
    ),
    "PATCH /api/roles/{id}": Case(body=lambda w: {"name": "Boss", "description": "All", "isDefault": True}),
    "POST /api/roles/{id}/applications": Case(
        ids=lambda w: {"id": w["machine_role"]}, body=lambda w: {"applicationIds": [w.backend.id]}
    ),
    "POST /api/roles/{id}/scopes": Case(ids=_role, body=lambda w: {"scopeIds": [w["scope"]]}),
    "POST /api/roles/{id}/users": Case(ids=_role, body=lambda w: {"userIds": [w.id_of(User)]}),
    "GET /api/roles": Case(query="search=%25"),
}
