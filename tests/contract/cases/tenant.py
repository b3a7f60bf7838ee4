"""What a tenant has besides: webhooks, domains, the audit log, figures."""

from tenants.models import Domain
from tests.contract.world import Case, World

CONFIG = {"url": "https://hooks.example/in", "headers": {"x-shop": "1"}}
FILE = {"path": "/google1.html", "content": "x", "contentType": "text/plain"}
HOOK = {"name": "Mirror", "events": ["User.Created"], "config": CONFIG, "enabled": True}


def furnish(world: World) -> None:
    Domain.objects.all().delete()
    world.make("domain", "/api/domains", {"domain": "login.shop.example"})
    world.make("", f"/api/domains/{world['domain']}/verification-files", {"verificationFiles": [FILE]}, method="put")
    world.make("hook", "/api/hooks", HOOK)


def _entry(world: World) -> dict[str, str]:
    rows = world.api.get("/api/logs?page_size=1&logKey=User.Created").json() or world.api.get("/api/logs").json()
    return {"id": rows[0]["id"]}


def _hook(world: World) -> dict[str, str]:
    return {"id": world["hook"]}


def _domain(world: World) -> dict[str, str]:
    return {"id": world["domain"]}


_DOMAIN = "/api/domains/{id}"
_HOOK = "/api/hooks/{id}"

CASES: dict[str, Case] = {
    "POST /api/applications/{id}/protected-app-metadata/custom-domains": Case(
        body=lambda w: {"domain": "login.example.com"}
    ),
    "GET /api/logs/{id}": Case(ids=_entry),
    "POST /api/hooks": Case(body=lambda w: dict(HOOK)),
    f"GET {_HOOK}": Case(ids=_hook),
    f"PATCH {_HOOK}": Case(ids=_hook, body=lambda w: {"name": "Copy", "enabled": False}),
    f"DELETE {_HOOK}": Case(ids=_hook),
    f"GET {_HOOK}/recent-logs": Case(ids=_hook),
    f"PATCH {_HOOK}/signing-key": Case(ids=_hook),
    f"POST {_HOOK}/test": Case(elsewhere="tests/events/webhooks"),
    "POST /api/domains": Case(body=lambda w: {"domain": "login.other.example"}),
    "POST /api/domains/cleanup": Case(body=lambda w: {"staleDays": 7}),
    f"GET {_DOMAIN}": Case(ids=_domain),
    f"DELETE {_DOMAIN}": Case(ids=_domain),
    f"GET {_DOMAIN}/verification-files": Case(ids=_domain),
    f"PUT {_DOMAIN}/verification-files": Case(ids=_domain, body=lambda w: {"verificationFiles": [FILE]}),
    "GET /api/dashboard/users/active": Case(query="date=2026-01-31"),
}
