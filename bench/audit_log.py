"""`python -m bench.audit_log [--rows 10000000]`: does a long audit log cost as much as a short one?

One tenant's log is read as `GET /api/logs` reads it, with 1,000 entries, with 10,000 and with `--rows`, in a database
of its own: entries of three months, ten users, seven applications and five kinds, one of which is not listed. Each
figure is the median of many readings in this process, without HTTP and authentication, which cost the same however long
the log is. Writes `bench/AUDIT_LOG.md`. DATABASE_URL names a PostgreSQL where databases may be made.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.processes import ROOT
from bench.servers import fresh_database, gatehouse_environment
from config import embedded_postgres

_RESULTS = Path(__file__).with_name("AUDIT_LOG.md")
_SMALL = (1_000, 10_000)
_AT_ONCE = 500_000
_READINGS = 60
_PAGE = 20
_TENANT = "bench"

_INSERT = """
INSERT INTO events_auditlog (id, tenant_id, key, payload, user_id, application_id, created_at)
SELECT lpad(to_hex(i), 21, '0'), 'bench', key, jsonb_build_object(
    'key', key, 'result', 'Success', 'ip', '192.0.2.1',
    'userId', 'user' || mod(i, 10), 'applicationId', 'app' || mod(i, 7),
    'userAgent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36'),
  'user' || mod(i, 10), 'app' || mod(i, 7),
  date_trunc('month', now()) + interval '75 days' * (i / %(whole)s::float)
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
CROSS JOIN LATERAL (SELECT (ARRAY['ExchangeTokenBy.RefreshToken', 'ExchangeTokenBy.AuthorizationCode',
  'Interaction.Create', 'Interaction.SignIn.Submit', 'User.Data.Updated'])[1 + mod(i / 10, 5)::int] AS key) AS keys"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.audit_log")
    parser.add_argument("--rows", type=int, default=10_000_000)
    options = parser.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        embedded_postgres.ensure()
        url = os.environ["DATABASE_URL"]
    try:
        environment = {**os.environ, **gatehouse_environment(fresh_database(url, "gatehouse_bench_audit"), 9100)}
        command = [sys.executable, "-m", "bench.audit_log"]
        subprocess.run(command, cwd=ROOT, env=environment | {"BENCH_ROWS": str(options.rows)}, check=True)
    finally:
        embedded_postgres.release()


def run(rows: int) -> None:
    """Seed and measure, in the process that has the settings."""
    import django

    django.setup()
    from django.core.management import call_command

    from tenants.context import enter_tenant
    from tenants.services.tenants import create_tenant

    call_command("migrate", verbosity=0)
    create_tenant(_TENANT, name="Bench")
    figures: dict[int, Mapping[str, float]] = {}
    seeded = 0
    for size in (*_SMALL, rows):
        _seed(seeded, size)
        seeded = size
        with enter_tenant(_TENANT):
            figures[size] = {name: _milliseconds(read) for name, read in _readings(size).items()}
        print(size, {name: round(spent, 2) for name, spent in figures[size].items()}, flush=True)
    text = _table(figures)
    print(text)
    _RESULTS.write_text(text)


def _seed(first: int, last: int) -> None:
    from django.db import connection

    from tenants.context import owner_scope

    with owner_scope(), connection.cursor() as cursor:
        if first == 0:
            cursor.execute("DELETE FROM events_auditlog")
        for start in range(first, last, _AT_ONCE):
            end = min(start + _AT_ONCE, last)
            cursor.execute(_INSERT, {"first": start + 1, "last": end, "whole": last})
            print(f"{end} entries", flush=True)
        cursor.execute("VACUUM ANALYZE events_auditlog")


def _readings(size: int) -> Mapping[str, Callable[[], object]]:
    from common.totals import total_of
    from events.models import LogStream
    from events.selectors import list_logs
    from events.streams.batches import next_batch
    from management_api.logs.serializers import LOG

    def page(start: int = 0, **filters: Any) -> Callable[[], object]:
        return lambda: (total_of(list_logs(**filters)), LOG.page(list_logs(**filters), start, _PAGE))

    key = "Interaction.SignIn.Submit"
    stream = LogStream(position=0)
    entry_id = f"{size // 2:x}".rjust(21, "0")
    return {
        "first page": page(),
        "of a user": page(user_id="user3"),
        "of an application": page(application_id="app3"),
        "of a kind": page(key=key),
        "of a user and a kind": page(user_id="user3", key=key),
        "page 30": page(29 * _PAGE),
        "the count alone": lambda: total_of(list_logs()),
        "an entry by its id": lambda: LOG.get(entry_id),
        "a batch of a stream": lambda: next_batch(stream),
    }


def _milliseconds(read: Callable[[], object]) -> float:
    spent = []
    for _ in range(_READINGS):
        began = time.perf_counter()
        read()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def _table(figures: Mapping[int, Mapping[str, float]]) -> str:
    sizes = list(figures)
    small, middle, large = sizes
    lines = [
        "# The audit log, by how many entries it has",
        "",
        "Milliseconds, by `python -m bench.audit_log`. Counting stops at 10,000 entries, which 1,000 do not reach.",
        "",
        f"| reading | {' | '.join(f'{size:,}' for size in sizes)} | of {small:,} | of {middle:,} |",
        "|---|" + "--:|" * 5,
    ]
    for name, few in figures[small].items():
        row = [figures[size][name] for size in sizes]
        shown = " | ".join(f"{spent:.2f}" for spent in row)
        lines.append(f"| {name} | {shown} | {row[-1] / few:.1f} | {row[-1] / row[1]:.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if wanted := os.environ.get("BENCH_ROWS"):
        run(int(wanted))
    else:
        main()
