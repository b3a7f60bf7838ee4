"""Signing in at a service provider: SP-initiated by both bindings, and started here."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from common.saml.errors import SamlError
from common.saml.names import (
    CONTEXT_PASSWORD,
    NAME_ID_EMAIL,
    NAME_ID_PERSISTENT,
    NAME_ID_TRANSIENT,
    NAME_ID_UNSPECIFIED,
)
from events.models import AuditLog
from identity.models import User
from identity.services.users import create_user, update_user
from saml.contexts import REFEDS_MFA
from saml.models import SamlParticipant
from saml.services.applications import update_saml_application
from tests.people import PASSWORD
from tests.saml.parties import ACS, ServiceProvider, form_of, response_xml
from tests.spec.saml.messages import key_pair

pytestmark = pytest.mark.django_db

TWO_FACTORS = {
    "interactionEvent": "SignIn",
    "verificationRecords": [{"type": "Password", "verified": True}, {"type": "Totp", "verified": True}],
}


def set_up(wiki: ServiceProvider, **changes: Any) -> None:
    update_saml_application(wiki.application, actor=SYSTEM, **changes)


def test_sp_initiated_by_redirect(wiki: ServiceProvider, alice: User) -> None:
    page = wiki.sign_in(wiki.redirect(relay_state="/pages/1?x=ä"), alice)
    assert form_of(page).fields["RelayState"] == "/pages/1?x=ä"
    assertion = wiki.take(page)
    assert (assertion.name_id, assertion.name_id_format) == (alice.id, NAME_ID_PERSISTENT)
    assert assertion.attributes == {
        "mail": ("alice@example.com",),
        "displayName": ("Alice Archer",),
        "uid": ("alice",),
    }
    assert assertion.issuer == f"http://localhost:8000/saml/{wiki.application.id}"
    assert assertion.authn_context == CONTEXT_PASSWORD
    assert assertion.authenticated_at is not None
    assert abs(assertion.authenticated_at - now()) < timedelta(minutes=1)
    assert assertion.session_index == SamlParticipant.objects.get().session_index


def test_sp_initiated_by_post(wiki: ServiceProvider, alice: User) -> None:
    page = wiki.sign_in(wiki.post(relay_state="state"), alice)
    assert form_of(page).fields["RelayState"] == "state"
    assert wiki.take(page).name_id == alice.id


def test_who_is_signed_in_is_not_asked_again(wiki: ServiceProvider, alice: User) -> None:
    first = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    for send in (wiki.redirect, wiki.post):
        assertion = wiki.take(wiki.follow(send()))
        assert assertion.name_id == alice.id
        assert assertion.id != first.id
        assert assertion.session_index == first.session_index


def test_started_here(wiki: ServiceProvider, alice: User) -> None:
    started = wiki.browser.client.get(f"{wiki.path}/sign-in?RelayState=home")
    page = wiki.sign_in(started, alice)
    assertion = wiki.take(page, in_response_to=None)
    assert (assertion.name_id, assertion.in_response_to) == (alice.id, None)
    assert form_of(page).fields["RelayState"] == "home"
    assert "InResponseTo" not in response_xml(page)


def test_the_page_posts_by_itself_and_without_scripts_by_a_button(wiki: ServiceProvider, alice: User) -> None:
    page = wiki.sign_in(wiki.redirect(), alice)
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert page["Cache-Control"] == "no-store"
    assert b"<button>" in page.content


@pytest.mark.parametrize("then_sign", [True, False])
def test_encrypted(wiki: ServiceProvider, alice: User, then_sign: bool) -> None:
    encryption = {"encryptAssertion": True, "encryptThenSign": then_sign, "certificate": key_pair("sp")[1]}
    set_up(wiki, encryption=encryption)
    page = wiki.sign_in(wiki.redirect(), alice)
    assert "alice@example.com" not in response_xml(page)
    assert wiki.take(page).attributes["mail"] == ("alice@example.com",)
    with pytest.raises(SamlError, match="encryption"):
        wiki.take(page, decryption_keys=[key_pair("other")[0]])


@pytest.mark.parametrize(
    ("name_format", "expected"),
    [(NAME_ID_EMAIL, "alice@example.com"), (NAME_ID_UNSPECIFIED, None), (NAME_ID_PERSISTENT, None)],
)
def test_name_id(wiki: ServiceProvider, alice: User, name_format: str, expected: str | None) -> None:
    set_up(wiki, name_id_format=name_format)
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    assert (assertion.name_id, assertion.name_id_format) == (expected or alice.id, name_format)


def test_transient_names_are_never_the_same(wiki: ServiceProvider, alice: User) -> None:
    set_up(wiki, name_id_format=NAME_ID_TRANSIENT)
    first = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    second = wiki.take(wiki.follow(wiki.redirect()))
    assert first.name_id != second.name_id
    assert alice.id not in (first.name_id, second.name_id)


def test_who_has_no_email_address_is_told_so(wiki: ServiceProvider) -> None:
    bob = create_user(username="bob", password=PASSWORD, actor=SYSTEM)
    set_up(wiki, name_id_format=NAME_ID_EMAIL)
    page = wiki.sign_in(wiki.redirect(), bob)
    assert (page.status_code, page.json()["code"]) == (400, "application.saml.missing_email_address")


def test_attributes_of_every_kind(wiki: ServiceProvider, alice: User) -> None:
    update_user(alice, custom_data={"plan": {"name": "pro"}}, actor=SYSTEM)
    mapping = {"sub": "id", "email_verified": "verified", "custom_data": "data", "roles": "roles", "picture": "photo"}
    set_up(wiki, attribute_mapping=mapping)
    assertion = wiki.take(wiki.sign_in(wiki.redirect(), alice))
    assert assertion.attributes == {
        "id": (alice.id,),
        "verified": ("true",),
        "data": ('{"plan":{"name":"pro"}}',),
    }


def test_force_authn_asks_again(wiki: ServiceProvider, alice: User) -> None:
    wiki.sign_in(wiki.redirect(), alice)
    reached = wiki.follow(wiki.redirect(wiki.request(force_authn=True)))
    assert reached["Location"].startswith("/sign-in")
    assert wiki.take(wiki.follow(wiki.browser.sign_in(alice))).name_id == alice.id


def _passive(wiki: ServiceProvider) -> bytes:
    return wiki.request().replace(b" Version=", b' IsPassive="true" Version=')


def test_is_passive(wiki: ServiceProvider, alice: User) -> None:
    page = wiki.follow(wiki.redirect(_passive(wiki), relay_state="state"))
    with pytest.raises(SamlError) as caught:
        wiki.take(page)
    assert (caught.value.reason, caught.value.detail) == ("status", "Responder, NoPassive")
    assert form_of(page).fields["RelayState"] == "state"
    wiki.sign_in(wiki.redirect(), alice)
    assert wiki.take(wiki.follow(wiki.redirect(_passive(wiki)))).name_id == alice.id


def _demanding(wiki: ServiceProvider, *contexts: str, comparison: str = "exact") -> bytes:
    refs = "".join(
        f'<a:AuthnContextClassRef xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">{each}</a:AuthnContextClassRef>'
        for each in contexts
    )
    demand = f'<samlp:RequestedAuthnContext Comparison="{comparison}">{refs}</samlp:RequestedAuthnContext>'
    return wiki.request().replace(b"</samlp:AuthnRequest>", demand.encode() + b"</samlp:AuthnRequest>")


def test_two_factors_can_be_demanded(wiki: ServiceProvider, alice: User) -> None:
    wiki.sign_in(wiki.redirect(), alice)
    reached = wiki.follow(wiki.redirect(_demanding(wiki, REFEDS_MFA)))
    assert reached["Location"].startswith("/sign-in")
    assertion = wiki.take(wiki.follow(wiki.browser.sign_in(alice, submission=TWO_FACTORS)))
    assert assertion.authn_context == REFEDS_MFA


def test_who_signs_in_too_weakly_gets_no_assertion(wiki: ServiceProvider, alice: User) -> None:
    page = wiki.sign_in(wiki.redirect(_demanding(wiki, REFEDS_MFA)), alice)
    with pytest.raises(SamlError) as caught:
        wiki.take(page)
    assert caught.value.detail == "Responder, NoAuthnContext"


def test_contexts_that_nobody_here_can_reach(wiki: ServiceProvider) -> None:
    kerberos = "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos"
    with pytest.raises(SamlError, match="NoAuthnContext"):
        wiki.take(wiki.redirect(_demanding(wiki, kerberos)))
    assert wiki.redirect(_demanding(wiki, kerberos, CONTEXT_PASSWORD)).status_code == 303


def test_signed_requests(wiki: ServiceProvider, alice: User) -> None:
    private_key, certificate = key_pair("sp")
    set_up(wiki, signing_certificate=certificate)
    for unsigned in (wiki.redirect(), wiki.post()):
        assert (unsigned.status_code, unsigned.json()["code"]) == (400, "application.saml.invalid_saml_request")
    forged = wiki.redirect(private_key=key_pair("mallory")[0])
    assert (forged.status_code, forged.json()["details"].partition(":")[0]) == (400, "signature")
    assert wiki.redirect(private_key=private_key).status_code == 303
    page = wiki.sign_in(wiki.post(wiki.request(private_key=private_key, certificate=certificate)), alice)
    assert wiki.take(page).name_id == alice.id


def test_the_answer_counts_in_the_browser_that_asked(wiki: ServiceProvider, alice: User) -> None:
    """mallory signs in as herself and hands the last address to alice, who would work in mallory's account."""
    reached = wiki.follow(wiki.redirect())
    answer = wiki.browser.sign_in(alice)
    assert reached.status_code == 303
    address = urlsplit(answer["Location"])
    stranger = ServiceProvider(wiki.application)
    refused = stranger.browser.client.get(f"{address.path}?{address.query}")
    code = "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies"
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert wiki.take(wiki.follow(answer)).name_id == alice.id


def test_an_answer_counts_once(wiki: ServiceProvider, alice: User) -> None:
    wiki.follow(wiki.redirect())
    answer = wiki.browser.sign_in(alice)
    cookies = dict(wiki.browser.client.cookies)
    wiki.follow(answer)
    wiki.browser.client.cookies.update(cookies)
    again = wiki.follow(answer)
    assert again.json()["code"] == "application.saml.sp_initiated_saml_sso_session_not_found"


def test_another_state_is_refused(wiki: ServiceProvider) -> None:
    wiki.redirect()
    answer = wiki.browser.client.get(f"/api/saml-applications/{wiki.application.id}/callback?code=x&state=other")
    assert answer.json()["code"] == "application.saml.state_mismatch"


def test_a_sign_in_that_takes_too_long_is_over(wiki: ServiceProvider) -> None:
    state = parse_qs(urlsplit(wiki.redirect()["Location"]).query)["state"][0]
    with time_machine.travel(now() + timedelta(hours=2)):
        path = f"/api/saml-applications/{wiki.application.id}/callback?code=x&state={state}"
        answer = wiki.browser.client.get(path)
    assert answer.json()["code"] == "application.saml.sp_initiated_saml_sso_session_not_found"


def test_who_gives_up_is_reported(wiki: ServiceProvider) -> None:
    location = wiki.redirect()["Location"]
    state = parse_qs(urlsplit(location).query)["state"][0]
    path = f"/api/saml-applications/{wiki.application.id}/callback?error=access_denied&state={state}"
    page = wiki.browser.client.get(path)
    with pytest.raises(SamlError, match="RequestDenied"):
        wiki.take(page)


def test_access_rules_hold(wiki: ServiceProvider, alice: User) -> None:
    set_up(wiki, app_level_access_control_enabled=True)
    page = wiki.sign_in(wiki.redirect(), alice)
    with pytest.raises(SamlError, match="RequestDenied"):
        wiki.take(page)


def test_the_history_names_the_steps_and_nothing_secret(wiki: ServiceProvider, alice: User) -> None:
    page = wiki.sign_in(wiki.redirect(relay_state="secret-state"), alice)
    entries = {entry.key: entry for entry in AuditLog.objects.filter(key__startswith="SamlApplication.")}
    assert set(entries) == {"SamlApplication.AuthnRequest", "SamlApplication.Callback"}
    told = entries["SamlApplication.Callback"].payload
    assert (told["userId"], told["applicationId"]) == (alice.id, wiki.application.id)
    everything = str([entry.payload for entry in AuditLog.objects.all()])
    assert form_of(page).fields["SAMLResponse"] not in everything
    assert "alice@example.com" not in everything
    assert "secret-state" not in everything
    assert form_of(page).action == ACS


def test_no_log_holds_an_assertion(wiki: ServiceProvider, alice: User, caplog: pytest.LogCaptureFixture) -> None:
    """The library that signs writes what it signs to its log at level DEBUG; an operator may choose that level."""
    caplog.set_level(logging.DEBUG)
    wiki.take(wiki.sign_in(wiki.redirect(), alice))
    assert "alice@example.com" not in caplog.text


def test_who_is_meant_is_named_at_the_sign_in_page(wiki: ServiceProvider) -> None:
    named = (
        '<a:Subject xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"><a:NameID>alice@example.com</a:NameID></a:Subject>'
    )
    xml = wiki.request().replace(b"<samlp:NameIDPolicy", named.encode() + b"<samlp:NameIDPolicy")
    assert parse_qs(urlsplit(wiki.redirect(xml)["Location"]).query)["login_hint"] == ["alice@example.com"]


def test_passive_and_forced_cannot_both_be_had(wiki: ServiceProvider, alice: User) -> None:
    wiki.sign_in(wiki.redirect(), alice)
    xml = wiki.request(force_authn=True).replace(b" Version=", b' IsPassive="true" Version=')
    with pytest.raises(SamlError, match="NoPassive"):
        wiki.take(wiki.follow(wiki.redirect(xml)))


def test_stronger_than_one_factor(wiki: ServiceProvider, alice: User) -> None:
    xml = _demanding(wiki, CONTEXT_PASSWORD, comparison="better")
    reached = wiki.follow(wiki.redirect(xml))
    assert reached["Location"].startswith("/sign-in")
    assertion = wiki.take(wiki.follow(wiki.browser.sign_in(alice, submission=TWO_FACTORS)))
    assert assertion.authn_context == REFEDS_MFA
