"""RFC 8628: the device authorization grant, black-box over HTTP."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from applications.models import Application
from common.clock import now
from common.crypto import sha256_hex
from identity.models import User
from oidc.models import DeviceGrant
from tests.oidc.device.devices import GRANT_TYPE, ISSUER, Device, Person, make_device_application, place_of
from tests.oidc.tokens.parties import make_application

pytestmark = pytest.mark.django_db


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=False)


class TestDeviceAuthorization:
    def test_3_2_the_answer_has_both_codes_and_where_to_enter_one(self, tv: Device) -> None:
        answer = tv.ask()
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        body = answer.json()
        assert set(body) == {
            "device_code",
            "user_code",
            "verification_uri",
            "verification_uri_complete",
            "expires_in",
            "interval",
        }
        assert body["verification_uri"] == "http://localhost:8000/device"
        assert (body["expires_in"], body["interval"]) == (600, 5)

    def test_3_3_1_the_complete_address_carries_the_user_code(self, tv: Device) -> None:
        query = parse_qs(urlsplit(tv.codes["verification_uri_complete"]).query)
        assert query == {"user_code": [tv.user_code]}

    def test_6_1_the_user_code_is_of_twenty_consonants(self, tv: Device) -> None:
        codes = {tv.start().user_code for _ in range(20)}
        assert len(codes) == 20
        assert all(re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", code) for code in codes)

    def test_5_2_the_device_code_is_long_and_kept_as_a_digest(self, tv: Device) -> None:
        assert len(tv.codes["device_code"]) >= 32
        row = DeviceGrant.objects.get()
        assert row.device_code == sha256_hex(tv.codes["device_code"])
        assert tv.codes["device_code"] not in str(DeviceGrant.objects.values().get())

    def test_3_1_the_client_identifies_itself(self, tv: Device) -> None:
        assert tv.ask(client_id=None).json()["error"] == "invalid_request"
        answer = tv.ask(client_id="unknown")
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")

    def test_3_1_parameters_are_sent_once_but_resource(self, tv: Device) -> None:
        body = f"client_id={tv.application.id}&scope=openid&scope=profile"
        answer = tv.http.post("/oidc/device/auth", body, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    def test_3_1_only_post_is_served(self, tv: Device) -> None:
        assert tv.http.get("/oidc/device/auth").status_code == 404


class TestPolling:
    def test_3_5_authorization_pending_until_the_user_has_answered(self, tv: Device) -> None:
        assert tv.error() == (400, "authorization_pending")
        with later(5):
            assert tv.error() == (400, "authorization_pending")

    def test_3_5_slow_down_when_polled_faster_than_the_interval(self, tv: Device) -> None:
        moment = now()
        found = []
        for second in (0, 5, 7, 12, 13, 18):
            with time_machine.travel(moment + timedelta(seconds=second), tick=False):
                found.append(tv.error()[1])
        pending, slow = "authorization_pending", "slow_down"
        assert found == [pending, pending, slow, pending, slow, pending]

    def test_3_5_access_denied_once_the_user_has_declined(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice)
        assert place_of(person.press(tv.user_code, "decline")) == ("/device", {"error": "AbortedError"})
        assert tv.error() == tv.error() == (400, "access_denied")

    def test_3_5_expired_token_after_its_lifetime(self, tv: Device) -> None:
        with later(599):
            assert tv.error() == (400, "authorization_pending")
        with later(600):
            assert tv.error() == (400, "expired_token")

    def test_3_5_an_approval_that_was_not_collected_expires_too(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        with later(601):
            assert tv.error() == (400, "expired_token")

    def test_3_4_the_device_code_is_required(self, tv: Device) -> None:
        assert tv.error(device_code=None) == (400, "invalid_request")

    @pytest.mark.parametrize("code", ["unknown", "é", "x" * 5000])
    def test_3_5_an_unknown_code_is_an_invalid_grant(self, tv: Device, code: str) -> None:
        assert tv.error(device_code=code) == (400, "invalid_grant")

    def test_3_4_the_code_is_bound_to_its_client(self, tv: Device, person: Person, alice: User) -> None:
        other = Device(make_device_application("Another"), codes=tv.codes)
        assert other.error() == (400, "invalid_grant")
        assert tv.error() == (400, "authorization_pending"), "another client's poll does not slow the device down"
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        assert other.error() == (400, "invalid_grant")
        assert tv.poll().status_code == 200

    def test_3_5_a_code_is_good_once(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        tokens = tv.collect()
        assert tv.error() == (400, "invalid_grant")
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "device_code": None}
        assert tv.error(**refresh) == (400, "invalid_grant"), "a code that comes twice may be stolen"


class TestAnswer:
    def test_3_5_the_answer_is_that_of_the_token_endpoint(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        answer = tv.poll()
        assert answer["Cache-Control"] == "no-store"
        body = answer.json()
        assert set(body) == {"access_token", "id_token", "refresh_token", "expires_in", "scope", "token_type"}
        assert (body["token_type"], body["scope"]) == ("Bearer", "openid profile offline_access")
        userinfo = tv.http.get("/oidc/me", headers={"Authorization": f"Bearer {body['access_token']}"})
        assert userinfo.json()["sub"] == alice.id

    def test_3_3_codes_are_compared_without_case_and_punctuation(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice)
        for typed in (tv.user_code.lower(), tv.user_code.replace("-", ""), f" {tv.user_code.replace('-', ' — ')}. "):
            assert place_of(person.enter(typed)) == ("/device", {"user_code": tv.user_code})

    def test_3_3_1_the_complete_address_alone_approves_nothing(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice)
        for _ in range(2):
            page = person.open(tv.user_code)
            assert page.status_code == 200
            assert tv.user_code in page.content.decode(), "shown, to be compared with the device"
        assert tv.error()[1] == "authorization_pending"

    def test_5_1_codes_cannot_be_guessed_for_long(self, tv: Device, person: Person) -> None:
        for _ in range(9):
            assert place_of(person.enter("BCDF-GHJK"))[1]["error"] == "NotFoundError"
        person.enter("BCDF-GHJK")
        page = person.enter(tv.user_code)
        assert page.status_code == 200
        assert "Too many attempts" in page.content.decode()
        assert person.pending() is None


class TestMetadata:
    def test_4_the_endpoint_and_the_grant_are_published(self, tv: Device) -> None:
        document = tv.http.get("/oidc/.well-known/openid-configuration").json()
        assert document["device_authorization_endpoint"] == f"{ISSUER}/device/auth"
        assert GRANT_TYPE in document["grant_types_supported"]

    def test_3_1_other_clients_have_no_device_flow(self, tv: Device, application: Application) -> None:
        other = Device(make_application("Native"))
        answer = other.ask()
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert Device(other.application, codes=tv.codes).error() == (400, "invalid_request")
