"""What a service provider takes, and what it does not (SAML profiles 4.1.4.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.saml.errors import SamlError
from common.saml.names import NAME_ID_PERSISTENT, qname
from common.saml.response_building import Addressing, build_failure
from tests.spec.saml.messages import (
    ACS,
    IDP,
    MOMENT,
    REQUEST,
    SP,
    key_pair,
    respond,
    signed_assertion_response,
    take,
    without_response_signature,
)


def reason_of(root: Any, **changes: Any) -> str:
    with pytest.raises(SamlError) as caught:
        take(root, **changes)
    return caught.value.reason


def test_an_assertion_is_read() -> None:
    assertion = take(respond())
    assert (assertion.issuer, assertion.name_id, assertion.name_id_format) == (IDP, "alice", NAME_ID_PERSISTENT)
    assert assertion.attributes == {"email": ("alice@example.com",), "groups": ("a", "b")}
    assert (assertion.session_index, assertion.in_response_to) == ("session-1", REQUEST)
    assert assertion.authenticated_at == MOMENT - timedelta(minutes=1)
    assert assertion.expires_at == MOMENT + timedelta(minutes=5 + 3)


def test_either_signature_is_enough() -> None:
    assert take(without_response_signature(respond())).name_id == "alice"


def test_any_of_several_certificates_may_sign() -> None:
    certificates = [key_pair("other")[1], "not a certificate", key_pair("idp")[1]]
    assert take(respond(), certificates=certificates).name_id == "alice"


def test_the_dates_of_a_pinned_certificate_do_not_count() -> None:
    """Identity providers let certificates run out; the key was pinned by the developer and is taken away by him."""
    later = datetime(2040, 1, 1, tzinfo=UTC)
    assert take(respond(moment=later), moment=later).name_id == "alice"


def test_unsolicited_responses_are_taken_only_if_expected() -> None:
    assert take(respond(in_response_to=None), in_response_to=None).in_response_to is None
    assert reason_of(respond(in_response_to=None)) == "in_response_to"
    assert reason_of(respond(), in_response_to=None) == "in_response_to"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"issuer": "https://other.example"}, "issuer"),
        ({"audience": "https://other.example"}, "audience"),
        ({"destination": "https://other.example/acs"}, "recipient"),
        ({"in_response_to": "_another"}, "in_response_to"),
        ({"signer": "mallory"}, "signature"),
    ],
)
def test_what_is_for_others_is_refused(changes: dict[str, str], reason: str) -> None:
    assert reason_of(respond(**changes)) == reason  # type: ignore[arg-type]


def _confirmation(root: Any) -> Any:
    return next(root.iter(qname("saml:SubjectConfirmationData")))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda root: _confirmation(root).set("Recipient", "https://other.example"), "recipient"),
        (lambda root: _confirmation(root).set("InResponseTo", "_another"), "in_response_to"),
        (lambda root: _confirmation(root).attrib.pop("NotOnOrAfter"), "malformed"),
        (lambda root: _confirmation(root).set("NotOnOrAfter", "yesterday"), "malformed"),
        (lambda root: _confirmation(root).getparent().set("Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
         "malformed"),
        (lambda root: next(root.iter(qname("saml:Audience"))).__setattr__("text", "https://other.example"), "audience"),
        (lambda root: next(root.iter(qname("saml:Conditions"))).clear(), "audience"),
        (lambda root: next(root.iter(qname("saml:Conditions"))).append(
            next(root.iter(qname("saml:Conditions"))).makeelement(qname("saml:Condition"))), "malformed"),
        (lambda root: root.find(qname("saml:Assertion")).remove(next(root.iter(qname("saml:AuthnStatement")))),
         "malformed"),
        (lambda root: next(root.iter(qname("saml:AuthnStatement"))).set(
            "SessionNotOnOrAfter", "2026-03-02T11:00:00Z"), "expired"),
        (lambda root: root.find(qname("saml:Assertion")).find(qname("saml:Issuer")).__setattr__("text", "other"),
         "issuer"),
    ],
)  # fmt: skip
def test_what_a_provider_states_itself_is_checked(change: Any, reason: str) -> None:
    assert reason_of(signed_assertion_response(change)) == reason


@pytest.mark.parametrize(
    ("passed", "is_taken"),
    [
        (timedelta(minutes=-3, seconds=-59), True),
        (timedelta(minutes=-4, seconds=-1), False),
        (timedelta(minutes=7, seconds=59), True),
        (timedelta(minutes=8), False),
    ],
)
def test_clocks_may_differ_by_three_minutes(passed: timedelta, is_taken: bool) -> None:
    """Valid from one minute before its making to five minutes after."""
    if is_taken:
        assert take(respond(), moment=MOMENT + passed).name_id == "alice"
    else:
        assert reason_of(respond(), moment=MOMENT + passed) == "expired"


def test_a_failure_is_told_with_its_status() -> None:
    private_key, certificate = key_pair("idp")
    failure = build_failure(
        addressing=Addressing(IDP, SP, ACS, REQUEST),
        moment=MOMENT,
        status=["urn:oasis:names:tc:SAML:2.0:status:Responder", "urn:oasis:names:tc:SAML:2.0:status:NoPassive"],
        message="Nobody is signed in",
        private_key=private_key,
        certificate=certificate,
    )
    with pytest.raises(SamlError) as caught:
        take(failure)
    assert (caught.value.reason, caught.value.detail) == ("status", "Responder, NoPassive: Nobody is signed in")
