"""A rate is counted by its key."""

from limits import RateLimitItemPerMinute

from common import rates


def test_a_rate_is_counted_by_its_key() -> None:
    two = RateLimitItemPerMinute(2)
    waits = [rates.hit(two, "a", "x") for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 0 < waits[2] <= 120
    assert rates.hit(two, "b", "x") == rates.hit(two, "a", "y") == 0
