"""The table of a run."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import NamedTuple

from bench.load import Outcome

GATEHOUSE = "Gatehouse"


class Row(NamedTuple):
    """One path at one concurrency: the median round of every server that has the path."""

    path: str
    concurrency: int
    outcomes: Mapping[str, Outcome]

    def ratio(self, peer: str) -> float | None:
        """Return how many times the peer's throughput Gatehouse has."""
        other = self.outcomes.get(peer)
        return self.outcomes[GATEHOUSE].per_second / other.per_second if other and other.per_second else None


def line(row: Row) -> str:
    """Return a row as a line of progress."""
    cells = [f"{name} {_rate(found.per_second)}/s p50 {found.p50:.2f} p99 {found.p99:.2f} cpu {found.cpu:.2f}" for name, found in row.outcomes.items()]  # noqa: E501  # fmt: skip
    return f"{row.path} ×{row.concurrency}: " + " | ".join(cells)


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def render(
    rows: list[Row],
    *,
    memory: Mapping[str, list[float]],
    cold_starts: Mapping[str, float],
    statements: Mapping[str, int],
    rounds: int,
    seconds: float,
) -> str:
    """Return the run as a page of Markdown."""
    names = list(memory)
    peers = [name for name in names if name != GATEHOUSE]
    out = [
        "# Benchmark",
        "",
        f"Written by `make bench`: {os.cpu_count()} cores ({platform.machine()}), two workers each, PostgreSQL and the "
        f"load generator on the same cores, median of {rounds} rounds of {seconds:g} s after a warm-up. Believe the "
        "ratios, not the absolute figures. A cell is walks per second, and in milliseconds the median and 99th "
        "percentile of a walk and the processor time it took, of the server's processes and of PostgreSQL.",
        "",
        "| path | at once | " + " | ".join(names) + " | " + " | ".join(f"ratio to {peer}" for peer in peers) + " |",
        "|---|--:|" + "--:|" * (len(names) + len(peers)),
    ]
    for row in rows:
        cells = [_cell(row.outcomes.get(name)) for name in names]
        ratios = [f"{ratio:.1f}" if (ratio := row.ratio(peer)) else "–" for peer in peers]
        out.append(f"| {row.path} | {row.concurrency} | " + " | ".join(cells + ratios) + " |")
    out += ["", "| | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    out.append(
        "| memory of each worker after the run, MB | " + " | ".join(_memory(memory[name]) for name in names) + " |"
    )
    out.append(
        "| cold start to the first answer, s | " + " | ".join(f"{cold_starts[name]:.1f}" for name in names) + " |"
    )
    out += [
        "",
        "A sign-in is five requests of one browser: authorization, the page, its form with the password's hash, the "
        "redirect with the code, and the tokens. By the Experience API it is nine: four calls in place of the form, "
        "and userinfo at the end. With an authenticator app it is seven: the form leads to the page that asks for its "
        "code, and every walk is another person's, because a code is good once. `oidc-provider` keeps everything in "
        "memory; without state it runs as a cluster of two, with state as one process, because its memory is not "
        "shared. `django-oauth-toolkit` is as it comes, with opaque tokens and its own hash of client secrets.",
    ]
    if statements:
        out += ["", "| Gatehouse, warm | SQL statements |", "|---|--:|"]
        out += [f"| {path} | {count} |" for path, count in statements.items()]
    failed = [row for row in rows if any(found.failures for found in row.outcomes.values())]
    out += [
        "",
        "No request failed." if not failed else "Failures: "
        + "; ".join(
            f"{row.path} ×{row.concurrency} {name}: {found.failures}"
            for row in failed for name, found in row.outcomes.items() if found.failures
        ),
    ]  # fmt: skip
    return "\n".join(out) + "\n"


def _cell(found: Outcome | None) -> str:
    if found is None:
        return "–"
    cpu = f"{found.cpu:.2f}{_database(found)}"
    return f"{_rate(found.per_second)} · {found.p50:.1f} / {found.p99:.1f} · {cpu}"


def _database(found: Outcome) -> str:
    return f" + {found.database_cpu:.2f}" if found.database_cpu >= 0.005 else ""


def _memory(megabytes: list[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in megabytes)
