"""Who may answer a device, and what comes of it."""

from datetime import timedelta

import pytest
import time_machine

from applications.models import Application
from applications.services.applications import delete_application, update_application
from common.actors import SYSTEM
from common.clock import now
from events.models import AuditLog
from identity.models import User
from identity.services.users import delete_user, set_user_suspended
from oidc.models import DeviceGrant, Grant, SessionAuthorization
from oidc.sessions.grants import revoke_grant
from oidc.sessions.sessions import end_sessions_of_user
from tenants.context import enter_tenant
from tests.oidc.device.devices import Device, Person, make_device_application, place_of

pytestmark = pytest.mark.django_db


class TestOutcome:
    def test_the_audit_log_tells_of_the_answer_and_the_tokens_not_of_the_waiting(
        self, tv: Device, person: Person, alice: User
    ) -> None:
        tv.poll()
        tv.poll()
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        tv.collect()
        entries = AuditLog.objects.filter(key="ExchangeTokenBy.DeviceCode")
        (entry,) = entries
        assert entry.payload["result"] == "Success"
        assert (entry.user_id, entry.application_id) == (alice.id, tv.application.id)
        assert tv.codes["device_code"] not in str(entry.payload)
        assert AuditLog.objects.get(key="Interaction.Consent.Submit").user_id == alice.id
        tv.poll()
        assert entries.filter(payload__result="Error").count() == 1

    def test_every_device_has_a_grant_of_its_own(
        self, application: Application, tv: Device, person: Person, alice: User
    ) -> None:
        kitchen = Device(application).start()
        person.arrive(tv.user_code, alice).allow(tv.user_code).allow(kitchen.user_code)
        tokens, others = tv.collect(), kitchen.collect()
        assert Grant.objects.count() == 2
        assert SessionAuthorization.objects.count() == 1
        tv.http.post("/oidc/token/revocation", {"client_id": application.id, "token": tokens["refresh_token"]})
        refresh = {"grant_type": "refresh_token", "device_code": None}
        assert tv.error(**refresh, refresh_token=tokens["refresh_token"]) == (400, "invalid_grant")
        assert kitchen.poll(**refresh, refresh_token=others["refresh_token"]).status_code == 200

    def test_the_oldest_device_goes_beyond_the_limit(self, tenant: object, person: Person, alice: User) -> None:
        limited = make_device_application(custom={"maxAllowedGrants": 1})
        first, second = Device(limited).start(), Device(limited).start()
        person.arrive(first.user_code, alice).allow(first.user_code)
        tokens = first.collect()
        person.allow(second.user_code)
        assert second.poll().status_code == 200
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "device_code": None}
        assert first.error(**refresh) == (400, "invalid_grant")

    def test_offline_access_outlives_the_browsers_session(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        tokens = tv.collect()
        person.client.post("/oidc/session/end/confirm")
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "device_code": None}
        assert tv.poll(**refresh).status_code == 200


class TestWhatIsAnsweredAlready:
    @pytest.mark.parametrize("first", ["allow", "decline"])
    def test_one_answer_counts(self, tv: Device, person: Person, alice: User, bob: User, first: str) -> None:
        other = Person().arrive(tv.user_code, bob)
        person.arrive(tv.user_code, alice)
        page = other.open(tv.user_code).content.decode()
        person.press(tv.user_code, first)
        before = DeviceGrant.objects.values().get()
        proof = page.partition('name="for" value="')[2].partition('"')[0]
        for action in ("allow", "decline"):
            answer = other.client.post(f"/device?user_code={tv.user_code}", {"for": proof, "action": action})
            assert place_of(answer)[1]["error"] == "AlreadyUsedError"
        assert place_of(other.enter(tv.user_code))[1] == {"input_code": tv.user_code, "error": "AlreadyUsedError"}
        after = DeviceGrant.objects.values().get()
        assert after == before

    def test_an_expired_code(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice)
        with time_machine.travel(now() + timedelta(seconds=601)):
            for answer in (person.enter(tv.user_code), person.open(tv.user_code)):
                assert place_of(answer)[1]["error"] == "ExpiredError"


class TestConfirmation:
    def test_only_from_the_page_that_this_session_was_shown(
        self, application: Application, tv: Device, person: Person, alice: User
    ) -> None:
        other = Device(application).start()
        person.arrive(tv.user_code, alice)
        page = person.open(other.user_code).content.decode()
        of_another_device = page.partition('name="for" value="')[2].partition('"')[0]
        for proof in ("", "0" * 64, of_another_device):
            answer = person.client.post(f"/device?user_code={tv.user_code}", {"for": proof, "action": "allow"})
            assert answer.status_code == 200, "asked again"
        assert tv.error()[1] == "authorization_pending"

    def test_not_in_the_name_of_who_signed_in_meanwhile(
        self, tv: Device, person: Person, alice: User, bob: User
    ) -> None:
        person.arrive(tv.user_code, alice)
        page = person.open(tv.user_code).content.decode()
        proof = page.partition('name="for" value="')[2].partition('"')[0]
        person.press(tv.user_code, "switch")
        person.sign_in(bob)
        answer = person.client.post(f"/device?user_code={tv.user_code}", {"for": proof, "action": "allow"})
        assert answer.status_code == 200
        assert "Bob" in answer.content.decode()
        assert tv.error()[1] == "authorization_pending"
        person.allow(tv.user_code)
        assert Grant.objects.get().user_id == bob.id

    def test_nobody_signed_in_means_signing_in(self, tv: Device, person: Person) -> None:
        answer = person.client.post(f"/device?user_code={tv.user_code}", {"for": "x", "action": "allow"})
        assert place_of(answer)[0] == "/sign-in"
        assert tv.error()[1] == "authorization_pending"

    def test_a_sign_in_alone_approves_nothing(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice)
        assert tv.error()[1] == "authorization_pending"

    def test_the_sign_in_goes_on_in_the_browser_that_began_it(self, tv: Device, person: Person, alice: User) -> None:
        person.enter(tv.user_code)
        pending = person.pending()
        assert pending is not None
        assert Person().client.get(f"/oidc/auth/{pending.id}").status_code == 400
        assert place_of(person.client.get(f"/oidc/device/{pending.id}"))[0] == f"/oidc/auth/{pending.id}"

    def test_a_post_to_the_provider_without_this_browsers_xsrf_decides_nothing(
        self, tv: Device, person: Person, alice: User
    ) -> None:
        person.arrive(tv.user_code, alice)
        other_person = Person()
        other_person.open(tv.user_code)
        other = other_person.client.cookies["_logto_device_flow_xsrf"].value
        for extra in ({}, {"confirm": "yes"}, {"abort": "yes"}, {"abort": "yes", "xsrf": other}):
            answer = person.client.post("/oidc/device", {"user_code": tv.user_code, **extra})
            assert place_of(answer) == ("/device", {"user_code": tv.user_code})
        assert tv.error()[1] == "authorization_pending"


class TestStanding:
    def test_another_tenants_devices_do_not_exist_here(self, tv: Device, mallory: User) -> None:
        there = Person("acme")
        assert place_of(there.enter(tv.user_code))[1]["error"] == "NotFoundError"
        tv.http.defaults["HTTP_HOST"] = "acme.localhost:8000"
        assert tv.error() == (400, "invalid_client")
        with enter_tenant("acme"):
            neighbour = Device(make_device_application(), http=tv.http, codes=tv.codes)
        assert neighbour.error() == (400, "invalid_grant")

    def test_a_user_who_is_suspended_after_the_answer_gets_nothing(
        self, tv: Device, person: Person, alice: User
    ) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
        assert tv.error() == (400, "invalid_grant")

    def test_a_user_who_is_suspended_while_signing_in(self, tv: Device, person: Person, alice: User) -> None:
        person.enter(tv.user_code)
        alice.is_suspended = True
        alice.save()
        assert place_of(person.sign_in(alice)) == ("/account-suspended", {})

    def test_a_user_who_is_deleted_takes_the_answer_along(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        delete_user(alice, actor=SYSTEM)
        assert tv.error() == (400, "invalid_grant")

    def test_an_application_that_is_deleted_takes_its_devices_along(self, tv: Device, application: Application) -> None:
        client_id = application.id
        delete_application(application, actor=SYSTEM)
        assert tv.error(client_id=client_id) == (400, "invalid_client")
        assert not DeviceGrant.objects.exists()

    def test_a_revoked_grant_is_not_collected(self, tv: Device, person: Person, alice: User) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        revoke_grant(Grant.objects.get().id)
        assert tv.error() == (400, "invalid_grant")

    def test_a_session_that_ended_is_not_collected_from(
        self, application: Application, person: Person, alice: User
    ) -> None:
        tv = Device(application).start(scope="openid profile")
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        end_sessions_of_user(alice.id)
        assert tv.error() == (400, "invalid_grant")

    def test_the_applications_access_control_holds(
        self, application: Application, tv: Device, person: Person, alice: User
    ) -> None:
        update_application(application, app_level_access_control_enabled=True, actor=SYSTEM)
        person.arrive(tv.user_code, alice)
        assert person.open(tv.user_code).status_code == 403
        answer = person.client.post(f"/device?user_code={tv.user_code}", {"action": "decline"})
        assert place_of(answer) == ("/device", {"error": "AbortedError"})

    def test_access_control_that_was_switched_on_after_the_answer(
        self, application: Application, tv: Device, person: Person, alice: User
    ) -> None:
        person.arrive(tv.user_code, alice).allow(tv.user_code)
        update_application(application, app_level_access_control_enabled=True, actor=SYSTEM)
        assert tv.error() == (400, "access_denied")
