"""The overview draws what is counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common.clock import now
from console.charts import line_chart
from events.figures.statements import write_figures
from tenants.context import enter_tenant


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, ["4", "3", "2", "1", "0"]),
        (4, ["4", "3", "2", "1", "0"]),
        (5, ["8", "6", "4", "2", "0"]),
        (13, ["20", "15", "10", "5", "0"]),
        (999, ["2,000", "1,500", "1,000", "500", "0"]),
        (1_000_000, ["2,000,000", "1,500,000", "1,000,000", "500,000", "0"]),
    ],
)
def test_a_chart_has_round_numbers(highest: int, ticks: list[str]) -> None:
    today = now().date()
    chart = line_chart([(today - timedelta(days=1), 0), (today, highest)])
    assert chart.ticks == ticks
    top = int(ticks[0].replace(",", ""))
    assert [(point.x, point.y) for point in chart.points] == [(25, 100), (75, round(100 - highest * 100 / top, 2))]
    assert chart.line == f"M25.0 100.0 L75.0 {chart.points[1].y}"


def test_the_overview_tells_what_is_counted(
    console: Client, installation: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    today = now().date()
    yesterday = today - timedelta(days=1)
    with enter_tenant("default"):
        counts = {"signIns": 3, "refusedProofs": 1, "proofs.Password": 3, "proofs.Totp": 1, "tokens.machine": 77}
        write_figures(
            {(today, name): number for name, number in counts.items()}, {today: {"alice"}, yesterday: {"bob"}}
        )
    console.get("/console/default/")
    with django_assert_max_num_queries(40):
        page = console.get("/console/default/").content.decode()
    for words in ("75%", "Authenticator app", "33%", "77", "Weekly active", 'role="img"', "As a table"):
        assert words in page
    past = console.get(f"/console/default/?date={yesterday}").content.decode()
    assert f'value="{yesterday}"' in past
    assert "Authenticator app" not in past
    assert console.get("/console/default/?date=yesterday").status_code == 200
    assert console.get("/console/default/?date=9999-12-31").status_code == 200
