"""`python -m bench.lists`: what lists of the Management API cost in tenants of a thousand users and of a million.

Every size is a tenant of one database, `gatehouse_bench_lists`: users, one organization that up to 100,000 of them are
members of, as many other organizations, and up to 100,000 entries of the audit log. Requests are made in this process,
through every middleware, so a figure is what the server does, without the network. It is the processor time of this
process and of PostgreSQL's, which a machine that does other things changes least; the sizes take turns, and the figure
is the cheapest fifth of its rounds. It runs on Linux, next to its PostgreSQL.

DATABASE_URL names a PostgreSQL where databases may be made; the embedded one is used without it.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import django
from tqdm import tqdm

from bench import servers
from config import embedded_postgres

DATABASE = "gatehouse_bench_lists"
MOST_MEMBERS = 100_000
MOST_ENTRIES = 100_000
_CHUNK = 50_000
_TIMES = 3


@dataclass(slots=True)
class Tenant:
    """A tenant of a size, with what its requests need."""

    users: int
    token: str = ""
    organization: str = ""
    addresses: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"t{self.users}"


@contextmanager
def _database(options: argparse.Namespace) -> Iterator[bool]:
    """Django on the database of the lists; yields whether it is empty."""
    if not options.database:
        embedded_postgres.ensure()
    url = options.database or os.environ["DATABASE_URL"]
    try:
        address = servers.database_url(url, DATABASE) if options.keep else servers.fresh_database(url, DATABASE)
        os.environ.update(servers.gatehouse_environment(address, 8000))
        django.setup()
        from django.core.management import call_command

        call_command("migrate", "--noinput", verbosity=0)
        yield not options.keep
    finally:
        embedded_postgres.release()


def _seed(tenant: Tenant) -> None:
    """Fill a tenant: one row of each kind as the services make it, and copies of it with other names and ages."""
    from applications.models import Application
    from common.actors import SYSTEM
    from events.history import record
    from events.models import AuditLog
    from identity.models import User
    from identity.services.users import create_user
    from organizations.models import Organization, OrganizationMember
    from organizations.services.members import add_members
    from organizations.services.organizations import create_organization
    from tenants.context import enter_tenant
    from tenants.services.tenants import create_tenant

    create_tenant(tenant.id, name=tenant.id)
    with enter_tenant(tenant.id):
        user = create_user(username="user0", primary_email="user0@example.com", name="Name0", actor=SYSTEM)
        whole = create_organization(name="Everybody", actor=SYSTEM)
        add_members(whole, user_ids=[user.id], actor=SYSTEM)
        member = OrganizationMember.objects.get(user=user)
        machine = Application.objects.create(name="machine", type="MachineToMachine")
        record("ExchangeTokenBy.ClientCredentials", application_id=machine.id)
        entry = AuditLog.objects.filter(key="ExchangeTokenBy.ClientCredentials").get()
    others = min(tenant.users, MOST_MEMBERS)
    age = "now() - n * interval '1 second'"
    search = _id("'u'") + " || E'\\nname' || n || E'\\nuser' || n || E'\\nuser' || n || '@example.com'"
    _copy(
        User,
        user.id,
        tenant.users,
        {
            "id": _id("'u'"),
            "username": "'user' || n",
            "username_key": "'user' || n",
            "primary_email": "'user' || n || '@example.com'",
            "email_key": "'user' || n || '@example.com'",
            "name": "'Name' || n",
            "search": search,
            "created_at": age,
        },
    )
    member_values = {"id": _id("'m'"), "user_id": _id("'u'"), "created_at": age}
    _copy(OrganizationMember, member.id, others, member_values)
    _copy(Organization, whole.id, others, {"id": _id("'o'"), "name": "'Customer' || n", "created_at": age})
    _copy(AuditLog, entry.id, min(tenant.users, MOST_ENTRIES), {"id": _id("'e'"), "created_at": age})


def _id(kind: str) -> str:
    """Twelve characters in SQL, which look random and are the same for the same row."""
    return f"substr(md5({kind} || r.tenant_id || n), 1, 12)"


def _copy(model: Any, template_id: str, count: int, values: dict[str, str]) -> None:
    from django.db import connection

    from tenants.context import owner_scope

    columns = [field.column for field in model._meta.concrete_fields]
    chosen = ", ".join(values.get(column, f"r.{column}") for column in columns)
    table = model._meta.db_table
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen}"
        f" FROM {table} r, generate_series(%s, %s) AS n WHERE r.id = %s"
    )
    with owner_scope(), connection.cursor() as cursor:
        for start in tqdm(range(1, count, _CHUNK), desc=f"{table} {count:,}"):
            cursor.execute(statement, [start, min(start + _CHUNK, count) - 1, template_id])
        # Without it the checks of references to these rows are planned for an empty table, and read it whole each.
        cursor.execute(f"ANALYZE {table}")


@contextmanager
def _without_text_indexes() -> Iterator[None]:
    """Build the trigram indexes once all rows are there: row by row takes most of the time of a million users."""
    from django.db import connection

    from tenants.context import owner_scope

    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% USING gin %'"
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _name, definition in tqdm(found, desc="text indexes"):
            cursor.execute(definition)


def _vacuum() -> None:
    from django.db import connection

    from tenants.context import owner_scope

    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _open(tenant: Tenant) -> None:
    """Find what requests to a tenant need."""
    from bench.fixtures import management_token
    from organizations.models import Organization
    from tenants.context import enter_tenant

    with enter_tenant(tenant.id):
        tenant.token = management_token(tenant.id)
        tenant.organization = Organization.objects.get(name="Everybody").id
    middle, last = max(1, tenant.users // 40), max(1, tenant.users // 20)
    members = f"/api/organizations/{tenant.organization}/users"
    some = tenant.users // 3
    tenant.addresses = {
        "users, first page": "/api/users",
        "users, a page in the middle": f"/api/users?page={middle}",
        "users, the last page": f"/api/users?page={last}",
        "users, search that few match": f"/api/users?search=%25user{some}%40%25",
        "users, search that all match": "/api/users?search=%25example%25",
        "organizations, first page": "/api/organizations",
        "organizations, search that few match": f"/api/organizations?q=customer{min(some, MOST_MEMBERS // 3)}",
        "members, first page": members,
        "members, a page in the middle": f"{members}?page={max(1, min(tenant.users, MOST_MEMBERS) // 40)}",
        "members, search that few match": f"{members}?q=user{min(some, MOST_MEMBERS // 3)}%40",
        "audit log, first page": "/api/logs",
    }
    for name in ("users, a page in the middle", "members, a page in the middle"):
        tenant.addresses[f"{name}, by cursor"] = _next_of(tenant, tenant.addresses[name])


def _get(tenant: Tenant, address: str) -> Any:
    from django.test import Client

    client = Client(HTTP_HOST=f"{tenant.id}.localhost:8000", headers={"authorization": f"Bearer {tenant.token}"})
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code, answer.content[:300])
    return answer


def _next_of(tenant: Tenant, address: str) -> str:
    found = re.search(r'<http://[^/]+([^>]+)>; rel="next"', _get(tenant, address)["Link"])
    assert found is not None
    return found[1]


def _milliseconds(call: Callable[[], Any]) -> float:
    """Processor time of a call: this process's, and that of PostgreSQL's process for the connection."""
    from django.db import connection

    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    before = time.process_time() * 1000 + int(server.read_text().split()[0]) / 1e6
    call()
    return time.process_time() * 1000 + int(server.read_text().split()[0]) / 1e6 - before


def _measure(tenants: list[Tenant], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each list, by size: the cheapest fifth of the rounds."""
    figures: dict[str, list[float]] = {}
    for name in tenants[0].addresses:
        taken: list[list[float]] = [[] for _ in tenants]
        for _ in range(rounds):
            for tenant, held in zip(tenants, taken, strict=True):
                held.append(_milliseconds(partial(_get, tenant, tenant.addresses[name])))
        figures[name] = [sorted(held)[len(held) // 5] for held in taken]
    return figures


def _report(tenants: list[Tenant], figures: dict[str, list[float]]) -> Iterator[str]:
    yield (
        "| processor milliseconds | "
        + " | ".join(f"{tenant.users:,} users" for tenant in tenants)
        + " | largest / smallest |"
    )
    yield "|---" * (len(tenants) + 2) + "|"
    for name, row in figures.items():
        ratio = row[-1] / row[0]
        mark = "" if ratio <= _TIMES else f" (more than {_TIMES})"
        yield f"| {name} | " + " | ".join(f"{figure:.1f}" for figure in row) + f" | {ratio:.1f}{mark} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lists")
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL", ""))
    parser.add_argument("--users", default="1000,100000,1000000", help="the sizes of the tenants")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--keep", action="store_true", help="use the tenants that are there from the run before")
    options = parser.parse_args()
    tenants = [Tenant(int(size)) for size in options.users.split(",")]
    with _database(options) as is_empty:
        if is_empty:
            with _without_text_indexes():
                for tenant in tenants:
                    _seed(tenant)
            _vacuum()
        for tenant in tenants:
            _open(tenant)
        print(*_report(tenants, _measure(tenants, options.rounds)), sep="\n")


if __name__ == "__main__":
    main()
