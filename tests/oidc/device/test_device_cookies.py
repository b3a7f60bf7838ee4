"""The XSRF cookie of `/device`: it comes from the provider, a page of a tenant's own posts it, browsers may refuse it.

`/device` once drew its page to a browser without cookies, so that a page of a tenant's own had nothing to post.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine

from common.clock import now
from identity.models import User
from tests.oidc.device.devices import Device, Person, place_of

pytestmark = pytest.mark.django_db

XSRF = "_logto_device_flow_xsrf"
QUERY = "input_code=BCDF-GHJK&error=NotFoundError"


def visit(person: Person, address: str) -> Any:
    """Follow what a browser that refuses cookies is told to do, three times at most."""
    for _ in range(3):
        answer = person.client.get(address)
        person.client.cookies.clear()
        if answer.status_code not in (302, 303):
            return answer
        address = answer["Location"]
    raise AssertionError("sent round and round")


def post(person: Person, tv: Device, **fields: str) -> Any:
    """Post what a page of a tenant's own posts."""
    xsrf = person.client.cookies[XSRF].value
    return person.client.post("/oidc/device", {"xsrf": xsrf, "user_code": tv.user_code, **fields})


class TestHop:
    @pytest.mark.parametrize("query", ["", f"?{QUERY}", "?user_code=BCDF-GHJK"])
    def test_the_first_visit_leads_through_the_provider(self, tenant: object, person: Person, query: str) -> None:
        answer = person.client.get(f"/device{query}")
        assert (answer.status_code, answer["Location"]) == (302, f"/oidc/device{query}")
        answer = person.client.get(answer["Location"])
        path, found = place_of(answer)
        assert found.pop("returned")
        assert (path, found) == ("/device", dict(parse_qsl(query[1:])))
        cookie = answer.cookies[XSRF]
        assert (cookie["path"], cookie["max-age"], cookie["samesite"]) == ("/device", 600, "Lax")
        assert not cookie["httponly"]
        page = person.client.get(f"/device?{QUERY}")
        assert (page.status_code, b"There is no such code" in page.content) == (200, True)

    def test_the_value_belongs_to_the_browser(self, tenant: object, person: Person) -> None:
        values = [person.client.get("/oidc/device").cookies[XSRF].value for _ in range(2)]
        assert values[0] == values[1]
        assert Person().client.get("/oidc/device").cookies[XSRF].value != values[0]

    def test_a_browser_that_refuses_cookies_is_told(self, tenant: object, person: Person) -> None:
        page = visit(person, f"/device?{QUERY}")
        assert page.status_code == 400
        assert "Cookies are turned off" in page.content.decode()
        assert f'href="/device?{QUERY.replace("&", "&amp;")}"' in page.content.decode()

    def test_an_address_that_was_kept_gets_a_new_cookie(self, tenant: object, person: Person) -> None:
        location = person.client.get("/oidc/device")["Location"]
        person.client.cookies.clear()
        with time_machine.travel(now() + timedelta(minutes=11)):
            answer = person.client.get(location)
            assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, "/oidc/device")


class TestPageOfATenantsOwn:
    @pytest.fixture(autouse=True)
    def visited(self, person: Person, tv: Device) -> None:
        person.client.get("/oidc/device")

    def test_a_code_is_confirmed_first(self, person: Person, tv: Device) -> None:
        assert place_of(post(person, tv)) == ("/device", {"user_code": tv.user_code})

    def test_confirmed_it_leads_to_the_sign_in_and_the_question(self, person: Person, tv: Device, alice: User) -> None:
        assert place_of(post(person, tv, confirm="yes"))[0] == "/sign-in"
        assert place_of(person.sign_in(alice)) == ("/device", {"user_code": tv.user_code})
        assert place_of(post(person, tv, confirm="yes")) == ("/device", {"user_code": tv.user_code})
        assert tv.error() == (400, "authorization_pending")
        person.allow(tv.user_code)
        assert tv.poll().status_code == 200

    def test_aborted_the_device_gets_nothing(self, person: Person, tv: Device) -> None:
        assert place_of(post(person, tv, abort="yes")) == ("/device", {"error": "AbortedError"})
        assert tv.error() == (400, "access_denied")

    def test_a_wrong_code_is_said_and_counted(self, person: Person, tv: Device) -> None:
        for _ in range(9):
            found = place_of(post(person, tv, user_code="BCDF-GHJK", confirm="yes"))
            assert found == ("/device", {"input_code": "BCDF-GHJK", "error": "NotFoundError"})
        post(person, tv, user_code="BCDF-GHJK", confirm="yes")
        answer = post(person, tv, confirm="yes")
        assert answer.json()["code"] == "session.verification_blocked_too_many_attempts"
