"""`python -m bench.figures [users]`: what figures cost in a tenant of a million users.

In a database of its own it makes users, all created within thirty days, and lets every one of them be active on each of
two days; then it times what writes and what reads. Seconds are of this machine and of whatever else it does.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from bench.processes import ROOT
from bench.servers import fresh_database, gatehouse_environment
from config import embedded_postgres

USERS = 1_000_000
_PORT = 9110
_ROUNDS = 5

_MAKE_USERS = """
INSERT INTO identity_user (tenant_id, id, profile, custom_data, identities, account_settings, is_suspended,
  is_password_expired, search, created_at, updated_at)
SELECT 'default', 'u' || lpad(n::text, 11, '0'), '{}', '{}', '{}', '{}', false, false, '',
  now() - (n %% 30) * interval '1 day', now()
FROM generate_series(1, %s) n"""


def main() -> None:
    """Make the database in a process of its own, which then measures."""
    users = int(sys.argv[1]) if len(sys.argv) > 1 else USERS
    if os.environ.get("BENCH_FIGURES"):
        _measure(users)
        return
    if not os.environ.get("DATABASE_URL"):
        embedded_postgres.ensure()
    try:
        url = fresh_database(os.environ["DATABASE_URL"], "gatehouse_bench_figures")
        environment = {**os.environ, **gatehouse_environment(url, _PORT), "BENCH_FIGURES": "1"}
        for command in (["manage.py", "migrate", "-v0"], ["-m", "bench.figures", str(users)]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
    finally:
        embedded_postgres.release()


def _measure(users: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from common.clock import now
    from events.figures.activity import read_activity
    from events.figures.counting import count_tokens
    from events.figures.days import read_days
    from events.figures.statements import write_figures
    from identity.growth import count_new_users
    from tenants.context import all_tenants_scope, enter_tenant
    from tenants.services.tenants import create_tenant

    create_tenant("default", name="Default")
    with all_tenants_scope(), connection.cursor() as cursor:
        cursor.execute(_MAKE_USERS, [users])
        cursor.execute("ANALYZE identity_user")
    today = now().date()
    ids = {f"u{number:011}" for number in range(1, users + 1)}
    with enter_tenant("default"):
        for day in (today - timedelta(days=1), today):
            seconds = _seconds(partial(write_figures, {}, {day: ids}), rounds=1)
            print(f"first token of the day, {users:,} users: {seconds:.1f} s, {seconds / users * 1e6:.0f} µs a user")
        with all_tenants_scope(), connection.cursor() as cursor:
            cursor.execute("ANALYZE events_dailyactiveuser")
        few = set(sorted(ids)[:500])
        print(f"the same 500 users once more: {_seconds(lambda: write_figures({}, {today: few})) * 1e3:.1f} ms")
        read: dict[str, Callable[[], Any]] = {
            "users/active": lambda: read_activity(today),
            "users/new": lambda: count_new_users(today, days=14),
            "figures, 30 days": lambda: (read_days(today, count=30), count_new_users(today, days=30)),
        }
        for name, call in read.items():
            print(f"{name}: {_seconds(call) * 1e3:.1f} ms")
        print(read_activity(today).month)
        moment = now()
        kinds = ("AccessToken", "IdToken", "RefreshToken")

        def count_many() -> None:
            for _ in range(10_000):
                count_tokens(kinds, user_id="u1", moment=moment)

        seconds = _seconds(count_many)
        print(f"counting a token: {seconds * 100:.1f} µs")


def _seconds(call: Callable[[], Any], *, rounds: int = _ROUNDS) -> float:
    """The shortest of several runs."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        found.append(time.perf_counter() - begun)
    return min(found)


if __name__ == "__main__":
    main()
