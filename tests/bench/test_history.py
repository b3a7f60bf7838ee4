"""What a benchmark keeps of its runs: shares that hold on any machine."""

import pytest

from bench import history, paths
from bench.load import Outcome
from bench.report import GATEHOUSE, Row


def row(path: str, at_once: int, per_second: float) -> Row:
    return Row(path, at_once, {GATEHOUSE: Outcome(per_second, 1.0, 2.0, 0, None)})


def test_shares_are_of_client_credentials_and_of_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_hashes_per_second", lambda: 100.0)
    rows = [
        row(paths.CLIENT_CREDENTIALS, 1, 900),
        row(paths.CLIENT_CREDENTIALS, 16, 4000),
        row(paths.USERINFO, 16, 3000),
        row(paths.USERINFO, 64, 9000),
        row(paths.SIGN_IN, 8, 60),
        row(paths.AUTHENTICATOR, 8, 54),
    ]
    assert history.ratios(rows) == {paths.USERINFO: 0.75, paths.SIGN_IN: 0.6, paths.AUTHENTICATOR: 0.9}
    assert history.ratios([*rows[:4], rows[5]]) == {paths.USERINFO: 0.75}, "of a sign-in that was not measured"
    assert history.ratios(rows[2:]) == {}, "a share needs its whole"


def test_the_history_grows_at_its_head() -> None:
    first = history.with_run("# Benchmark\n", {paths.USERINFO: 0.75})
    both = history.with_run("# Benchmark\n" + first, {paths.USERINFO: 0.8})
    lines = both.strip().splitlines()
    assert (lines[0], len(lines)) == ("## History", 4)
    assert lines[2].endswith("userinfo 0.80")
    assert lines[3].endswith("userinfo 0.75")
    assert history.with_run(both, {}) == both, "a run of a few paths alone leaves it"
