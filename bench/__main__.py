"""`python -m bench`: measure, print and write `bench/RESULTS.md`.

The rounds of all servers take turns, so that whatever else the machine does hits them alike; a figure is the median of
its rounds. DATABASE_URL names a PostgreSQL where databases may be made; the embedded one is used without it.
"""

from __future__ import annotations

import argparse
import os
import statistics
from pathlib import Path

from bench import history, load, paths, report, servers, statements
from bench.processes import cpu_seconds, database_cpu_seconds, worker_megabytes
from config import embedded_postgres


def main() -> None:
    options = _options()
    if not options.database:
        embedded_postgres.ensure()
    try:
        _run(options, options.database or os.environ["DATABASE_URL"])
    finally:
        embedded_postgres.release()


def _run(options: argparse.Namespace, url: str) -> None:
    running: list[servers.Contestant] = []
    try:
        running.append(servers.gatehouse(url, threads=options.threads))
        if "oidc-provider" in options.peers:
            running.append(servers.oidc_provider())
        if "django-oauth-toolkit" in options.peers:
            running.append(servers.django_oauth_toolkit(url))
        results = _measure(running, options)
        memory = {one.name: worker_megabytes(one.servers[0]) for one in running}
        cold = {one.name: one.servers[0].cold_start for one in running}
    finally:
        for one in running:
            one.close()
    counts = statements.count(url) if options.statements else {}
    text = report.render(results, memory=memory, cold_starts=cold, statements=counts, rounds=options.rounds,
                         seconds=options.seconds)  # fmt: skip
    ratios = history.ratios(results)
    text += history.table(ratios)
    print(text)
    if options.write:
        file = Path(__file__).with_name("RESULTS.md")
        file.write_text(text + history.with_run(file.read_text() if file.exists() else "", ratios))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Gatehouse against other providers.")
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL", ""))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--threads", type=int, default=8, help="threads of each of Gatehouse's two workers")
    parser.add_argument("--paths", default="", help="parts of the names of the paths to measure, separated by commas")
    parser.add_argument("--concurrency", type=int, nargs="*", help="instead of 1, 16 and 64")
    parser.add_argument("--peers", default="oidc-provider,django-oauth-toolkit")
    parser.add_argument("--no-write", dest="write", action="store_false")
    parser.add_argument("--no-statements", dest="statements", action="store_false")
    return parser.parse_args()


def _measure(running: list[servers.Contestant], options: argparse.Namespace) -> list[report.Row]:
    wanted = [part for part in options.paths.split(",") if part]
    rows = []
    for path in paths.GATEHOUSE:
        if wanted and not any(part in path for part in wanted):
            continue
        for users in options.concurrency or paths.CONCURRENCY.get(path, paths.DEFAULT_CONCURRENCY):
            rounds: dict[str, list[load.Outcome]] = {one.name: [] for one in running if path in one.paths}
            for _ in range(options.rounds):
                for one in running:
                    if path in one.paths:
                        rounds[one.name].append(_round(one, path, users, options.seconds))
            medians = {name: _median(outcomes) for name, outcomes in rounds.items()}
            rows.append(report.Row(path, users, medians))
            print(report.line(rows[-1]), flush=True)
    return rows


def _round(one: servers.Contestant, path: str, users: int, seconds: float) -> load.Outcome:
    server, walkers = one.server(path), one.people(path, users)
    before, database_before = cpu_seconds(server), database_cpu_seconds()
    outcome = load.run(port=server.port, users=walkers, seconds=seconds, warmup=min(1.0, seconds / 2))
    if outcome.walks:
        outcome = outcome._replace(
            cpu=(cpu_seconds(server) - before) * 1000 / outcome.walks,
            database_cpu=(database_cpu_seconds() - database_before) * 1000 / outcome.walks,
        )
    if outcome.failures:
        print(f"! {one.name}, {path}, {users} at once: {outcome.failures} failures, such as {outcome.sample}")
    return outcome


def _median(outcomes: list[load.Outcome]) -> load.Outcome:
    def middle(values: list[float]) -> float:
        return statistics.median(values)

    return load.Outcome(
        middle([outcome.per_second for outcome in outcomes]),
        middle([outcome.p50 for outcome in outcomes]),
        middle([outcome.p99 for outcome in outcomes]),
        sum(outcome.failures for outcome in outcomes),
        next((outcome.sample for outcome in outcomes if outcome.sample), None),
        sum(outcome.walks for outcome in outcomes),
        middle([outcome.cpu for outcome in outcomes]),
        middle([outcome.database_cpu for outcome in outcomes]),
    )


if __name__ == "__main__":
    main()
