"""How often a document is asked for, and what that costs whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from limits import RateLimitItemPerMinute

from applications.cimd import fetching, lookup
from applications.cimd.freshness import LONGEST, ORDINARY, SHORTEST, seconds_fresh
from applications.client_lookup import get_client
from common.oauth.errors import OAuthError
from tenants.context import enter_tenant
from tests.applications.agents import AGENT, Web, document
from tests.oidc.tokens.parties import make_application

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Watch:
    """A clock that stands still until it is set."""

    moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def go_on(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    clock = Watch()
    for module in (lookup, fetching):
        monkeypatch.setattr(module, "now", clock)
    return clock


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, ORDINARY),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, max-age=600, s-maxage=900"}, 900),
        ({"cache-control": "MAX-AGE=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "²"}, 600),
        ({"cache-control": "max-age=0"}, SHORTEST),
        ({"cache-control": "no-store, max-age=600"}, SHORTEST),
        ({"cache-control": "no-cache"}, SHORTEST),
        ({"cache-control": "max-age=31536000"}, LONGEST),
        ({"cache-control": "max-age=99999999999999999999"}, LONGEST),
        ({"expires": "Fri, 01 May 2026 12:10:00 GMT"}, 600),
        ({"expires": "Fri, 01 May 2026 12:10:00 GMT", "date": "Fri, 01 May 2026 12:05:00 GMT"}, 300),
        ({"expires": "0"}, SHORTEST),
        ({"expires": "Fri, 01 May 2026 12:10:00 GMT", "cache-control": "max-age=900"}, 900),
    ],
)
def test_how_long_a_document_is_good(headers: dict[str, str], seconds: int) -> None:
    assert seconds_fresh(headers, moment=NOON) == seconds


def test_asked_for_again_once_it_is_old(cimd: Web, watch: Watch) -> None:
    cimd.serve(document(client_name="Before"), cache_control="max-age=600")
    assert get_client(AGENT).name == "Before"
    cimd.serve(document(client_name="After"), cache_control="max-age=600")
    watch.go_on(599)
    assert get_client(AGENT).name == "Before"
    watch.go_on(1)
    assert get_client(AGENT).name == "After"
    assert cimd.asked == [AGENT, AGENT]


def test_while_nobody_answers_the_last_one_is_good_for_a_day(cimd: Web, watch: Watch) -> None:
    cimd.serve(document(), cache_control="max-age=600")
    get_client(AGENT)
    cimd.fail()
    watch.go_on(LONGEST - 100)
    assert get_client(AGENT).name == "Agent"
    watch.go_on(100)
    with pytest.raises(OAuthError):
        get_client(AGENT)


def test_a_document_that_was_taken_away_is_gone(cimd: Web, watch: Watch) -> None:
    cimd.serve(document(), cache_control="max-age=600")
    get_client(AGENT)
    cimd.serve("gone", status=404)
    watch.go_on(600)
    with pytest.raises(OAuthError):
        get_client(AGENT)


def test_a_fault_is_remembered_for_a_minute(cimd: Web, watch: Watch) -> None:
    cimd.serve(document(client_id="https://other.example/"))
    for seconds in (0, 59):
        watch.go_on(seconds)
        with pytest.raises(OAuthError):
            get_client(AGENT)
    assert cimd.asked == [AGENT]
    cimd.serve(document())
    watch.go_on(1)
    assert get_client(AGENT).id == AGENT


def test_tenants_remember_for_themselves(cimd: Web, tenants: Any) -> None:
    get_client(AGENT)
    with enter_tenant("acme"), pytest.raises(OAuthError) as refused:
        get_client(AGENT)
    assert refused.value.description == "client metadata document: such clients are not accepted here"
    assert cimd.asked == [AGENT]


def test_one_caller_cannot_make_us_call_everybody(cimd: Web) -> None:
    """A document that is known already costs nothing, and goes on."""
    get_client(AGENT)
    answers = []
    for number in range(30):
        with pytest.raises(OAuthError) as refused:
            get_client(f"https://victim.example/{number}")
        answers.append((refused.value.error, refused.value.status))
    assert answers.count(("temporarily_unavailable", 429)) == 11
    assert len(cimd.asked) == 20
    assert get_client(AGENT).name == "Agent"


def test_many_callers_cannot_make_us_flood_one_host(cimd: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_PER_CALLER", RateLimitItemPerMinute(1000))
    for number in range(100):
        with pytest.raises(OAuthError):
            get_client(f"https://victim.example:{8000 + number}/")
    assert len(cimd.asked) == 60
    assert get_client(AGENT).name == "Agent"


def test_ordinary_ids_pay_nothing(cimd: Web, django_assert_num_queries: Any) -> None:
    application = make_application("SPA")
    with enter_tenant("default", version=1):
        get_client(application.id)
        get_client(AGENT)
        with django_assert_num_queries(0):
            get_client(application.id)
            get_client(AGENT)
    assert cimd.asked == [AGENT]
