"""What a device may ask for, and who may ask."""

from datetime import timedelta

import pytest
import time_machine

from access.models import Resource
from applications.models import Application
from applications.services.applications import create_application, update_application
from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from identity.models import User
from oidc.authorization.assurance import demanded_assurance
from oidc.authorization.demands import Assurance
from oidc.clean_up import delete_expired
from oidc.models import DeviceGrant
from tests.oidc.device.devices import Device, Person, make_device_application, place_of
from tests.oidc.tokens.parties import Party

pytestmark = pytest.mark.django_db

API = "https://api.example.com"


class TestRegistration:
    def test_no_redirect_uri_is_needed_and_codes_are_not_for_it(self, tv: Device, application: Application) -> None:
        answer = tv.http.get("/oidc/auth", {"client_id": application.id, "response_type": "code"})
        assert answer.status_code == 400
        refusal = tv.error(grant_type="authorization_code", code="x", device_code=None)
        assert refusal == (400, "invalid_request")

    @pytest.mark.parametrize("type", ["SPA", "Traditional", "MachineToMachine"])
    def test_for_native_applications_alone(self, tenant: object, type: str) -> None:
        with pytest.raises(AppError) as refusal:
            create_application(name=type, type=type, custom_client_metadata={"isDeviceFlow": True}, actor=SYSTEM)
        assert (refusal.value.code, refusal.value.status) == ("application.device_flow_native_only", 422)

    def test_chosen_for_good(self, application: Application) -> None:
        with pytest.raises(AppError) as refusal:
            update_application(application, custom_client_metadata={}, actor=SYSTEM)
        assert (refusal.value.code, refusal.value.status) == ("application.device_flow_not_changeable", 422)
        update_application(application, custom_client_metadata={"isDeviceFlow": True, "idTokenTtl": 60}, actor=SYSTEM)


class TestOrigins:
    def test_pages_of_registered_origins_may_ask(self, tenant: object) -> None:
        tv = Device(make_device_application(custom={"corsAllowedOrigins": ["https://tv.example.com"]}))
        allowed = tv.ask(headers={"Origin": "https://tv.example.com"})
        assert (allowed.status_code, allowed["Access-Control-Allow-Origin"]) == (200, "https://tv.example.com")
        refused = tv.ask(headers={"Origin": "https://mallory.example.com"})
        assert refused.status_code == 400
        assert "Access-Control-Allow-Origin" not in refused

    def test_preflight(self, tv: Device) -> None:
        headers = {"Origin": "https://tv.example.com", "Access-Control-Request-Method": "POST"}
        answer = tv.http.options("/oidc/device/auth", headers=headers)
        assert (answer.status_code, answer["Access-Control-Allow-Methods"]) == (204, "POST")


class TestScopes:
    def test_an_api_is_asked_for_and_its_token_collected(
        self, application: Application, documents: Resource, person: Person, alice: User
    ) -> None:
        tv = Device(application).start(resource=API, scope="openid offline_access read write")
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        tokens = tv.collect(resource=API)
        claims = Party(application).claims(tokens["access_token"], API)
        assert (claims["sub"], claims["scope"]) == (alice.id, "read")
        again = tv.poll(grant_type="refresh_token", refresh_token=tokens["refresh_token"], resource=API)
        assert again.json()["scope"] == "read"

    def test_an_unknown_api_is_refused_at_once(self, tv: Device) -> None:
        answer = tv.ask(resource="https://unknown.example.com")
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")

    def test_without_offline_access_there_is_no_refresh_token(
        self, application: Application, person: Person, alice: User
    ) -> None:
        tv = Device(application).start(scope="openid")
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        assert "refresh_token" not in tv.collect()

    def test_a_nonce_comes_back_and_max_age_says_when(
        self, application: Application, person: Person, alice: User
    ) -> None:
        tv = Device(application).start(nonce="n", max_age="3600")
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        claims = Party(application).claims(tv.collect()["id_token"], application.id)
        assert claims["nonce"] == "n"
        assert "auth_time" in claims

    def test_nothing_asked_is_nothing_granted(self, application: Application, person: Person, alice: User) -> None:
        tv = Device(application).start(scope="unknown")
        person.arrive(tv.user_code, alice)
        assert person.press(tv.user_code, "allow").status_code == 400
        assert tv.error()[1] == "authorization_pending"

    @pytest.mark.parametrize("max_age", ["-1", "soon"])
    def test_a_bad_max_age(self, tv: Device, max_age: str) -> None:
        assert tv.ask(max_age=max_age).json()["error"] == "invalid_request"


class TestSignIn:
    def test_a_session_of_before_is_not_fresh_enough(
        self, application: Application, tv: Device, person: Person, alice: User
    ) -> None:
        person.arrive(tv.user_code, alice)
        with time_machine.travel(now() + timedelta(seconds=10), tick=False):
            strict = Device(application).start(max_age="5")
            assert place_of(person.enter(strict.user_code))[0] == "/sign-in"
            assert place_of(person.sign_in(alice)) == ("/device", {"user_code": strict.user_code})
            person.allow(strict.user_code)
            assert strict.poll().status_code == 200

    def test_a_device_that_wants_a_second_factor(self, person: Person, tv: Device, alice: User) -> None:
        """RFC 9470 section 5: whoever answers is asked for more than their session knows, and tokens tell it."""
        person.arrive(tv.user_code, alice)
        with time_machine.travel(now() + timedelta(seconds=10), tick=False):
            strict = make_device_application("Vault TV", custom={"authenticationClaims": True})
            careful = Device(strict).start(acr_values="urn:gatehouse:acr:2fa")
            assert place_of(person.enter(careful.user_code))[0] == "/sign-in"
            pending = person.pending()
            assert pending is not None
            assert (pending.reasons, demanded_assurance(pending)) == (["acr"], Assurance.VOLUNTARY)
            proofs = [{"type": "Password", "verified": True}, {"type": "Totp", "verified": True}]
            person.sign_in(alice, submission={"verificationRecords": proofs})
            person.allow(careful.user_code)
            claims = Party(strict).claims(careful.collect()["id_token"], strict.id)
            assert (claims["acr"], claims["amr"]) == ("urn:gatehouse:acr:2fa", ["pwd", "otp", "mfa"])

    def test_a_device_whose_wish_cannot_be_fulfilled(
        self, application: Application, person: Person, tv: Device, alice: User
    ) -> None:
        person.arrive(tv.user_code, alice)
        with time_machine.travel(now() + timedelta(seconds=10), tick=False):
            careful = Device(application).start(acr_values="urn:gatehouse:acr:2fa")
            person.arrive(careful.user_code, alice).allow(careful.user_code)
            assert careful.poll().status_code == 200

    def test_the_sign_in_pages_know_the_application_and_its_wishes(self, application: Application) -> None:
        tv = Device(application).start(login_hint="alice", ui_locales="de", first_screen="register")
        place, query = place_of(Person().enter(tv.user_code))
        assert place == "/register"
        assert query == {"app_id": application.id, "ui_locales": "de", "login_hint": "alice"}


def test_user_codes_are_unique_within_a_tenant(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["BBBBBBBB", "BBBBBBBB", "BBBBBBBB", "CCCCCCCC"])
    monkeypatch.setattr("oidc.device.grants.new_user_code", lambda: next(drawn))
    assert [Device(application).start().user_code for _ in range(2)] == ["BBBB-BBBB", "CCCC-CCCC"]


def test_what_is_over_is_deleted(tv: Device, person: Person, alice: User) -> None:
    other = Device(tv.application).start()
    person.arrive(tv.user_code, alice).allow(tv.user_code)
    tv.collect()
    moment = now()
    with time_machine.travel(moment + timedelta(minutes=11)):
        delete_expired()
        assert [row.user_code for row in DeviceGrant.objects.all()] == [tv.user_code.replace("-", "")]
        assert other.error() == (400, "invalid_grant")
        assert tv.error() == (400, "invalid_grant"), "still known as used"
    with time_machine.travel(moment + timedelta(days=2)):
        delete_expired()
        assert not DeviceGrant.objects.exists()
