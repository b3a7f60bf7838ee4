"""Signing in at an enterprise's SAML identity provider, and what must not sign anybody in."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from common.saml.authn_requests import parse_authn_request
from common.saml.bindings import decode_redirect
from common.saml.metadata_reading import parse_sp_metadata
from common.saml.names import qname
from common.saml.response_building import Encryption
from connectors.enterprise.saml.protocol import accept_unsolicited_response
from connectors.enterprise.saml.service_provider import find_service_provider_metadata
from connectors.enterprise.services.assertions import delete_expired_assertions
from connectors.enterprise.services.connectors import create_sso_connector, update_sso_connector
from connectors.enterprise.services.signing_keys import create_sso_signing_key, set_signing_key_active
from connectors.models import SsoConnector, UsedAssertion
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.connectors.enterprise.initech import (
    MANUAL,
    ORIGIN,
    answer,
    connection_of,
    create_saml_connector,
    encoded,
    request_for,
)
from tests.spec.saml.messages import IDP, key_pair, respond, signed_assertion_response, without_assertion_signature


def start(connector: SsoConnector) -> dict[str, Any]:
    """The session of a sign-in that was started."""
    return connection_of(connector).start(request_for(connector)).session


def finish(connector: SsoConnector, response: Any, session: dict[str, Any]) -> Any:
    return connection_of(connector).finish(data={"SAMLResponse": response}, session=session)


def refusal(connector: SsoConnector, response: Any, session: dict[str, Any]) -> tuple[str, Any]:
    with pytest.raises(AppError) as failure:
        finish(connector, response, session)
    return failure.value.code, failure.value.data


def test_the_request_says_who_asks_and_where_the_answer_goes(initech: SsoConnector) -> None:
    begun = connection_of(initech).start(request_for(initech))
    url = urlsplit(begun.url)
    assert f"{url.scheme}://{url.netloc}{url.path}" == MANUAL["signInEndpoint"]
    message = decode_redirect(url.query)
    request = parse_authn_request(message.xml)
    assert request.id == begun.session["requestId"]
    assert request.issuer == f"{ORIGIN}/enterprise-sso/{initech.id}"
    assert request.acs_url == f"{ORIGIN}/api/authn/single-sign-on/saml/{initech.id}"
    assert (message.relay_state, message.signature) == ("relay-1", None)


def test_a_user_signs_in(initech: SsoConnector) -> None:
    session = start(initech)
    found = finish(initech, answer(initech, session["requestId"]), session)
    assert (found.user.id, found.user.email, found.issuer) == ("alice", "alice@example.com", IDP)
    assert found.user.raw_data["groups"] == ["a", "b"]
    assert found.tokens is None


def test_an_assertion_signs_in_once(initech: SsoConnector) -> None:
    session = start(initech)
    response = answer(initech, session["requestId"])
    finish(initech, response, session)
    assert refusal(initech, response, session) == ("connector.authorization_failed", {"error": "replayed"})


def test_a_note_of_an_assertion_is_kept_until_it_has_expired(initech: SsoConnector) -> None:
    session = start(initech)
    response = answer(initech, session["requestId"])
    finish(initech, response, session)
    with time_machine.travel(now() + timedelta(minutes=7), tick=False):
        delete_expired_assertions()
        assert refusal(initech, response, session)[1] == {"error": "replayed"}
    with time_machine.travel(now() + timedelta(minutes=9), tick=False):
        delete_expired_assertions()
        assert not UsedAssertion.objects.exists()
        assert refusal(initech, response, session)[1] == {"error": "expired"}


def test_a_response_to_another_request_signs_nobody_in(initech: SsoConnector) -> None:
    """The answer to an attacker's own sign-in, put into the victim's browser: login CSRF."""
    stolen = answer(initech, start(initech)["requestId"])
    assert refusal(initech, stolen, start(initech)) == ("connector.authorization_failed", {"error": "in_response_to"})
    assert not UsedAssertion.objects.exists()


def test_an_unsolicited_response_signs_nobody_in_where_none_is_expected(initech: SsoConnector) -> None:
    unsolicited = answer(initech, None)
    expected = ("connector.authorization_failed", {"error": "in_response_to"})
    assert refusal(initech, unsolicited, start(initech)) == expected
    assert refusal(initech, unsolicited, {}) == expected
    assert refusal(initech, unsolicited, {"origin": ORIGIN, "requestId": ""}) == expected


def test_an_unsolicited_response_is_taken_where_it_is_expected_and_once(initech: SsoConnector) -> None:
    unsolicited = answer(initech, None)
    found = accept_unsolicited_response(connection_of(initech), response=unsolicited, origin=ORIGIN)
    assert (found.sign_in.user.id, found.sign_in.issuer) == ("alice", IDP)
    assert now() < found.expires_at <= now() + timedelta(minutes=8)
    with pytest.raises(AppError) as failure:
        accept_unsolicited_response(connection_of(initech), response=unsolicited, origin=ORIGIN)
    assert failure.value.data == {"error": "replayed"}


def test_the_answer_to_a_request_is_not_unsolicited(initech: SsoConnector) -> None:
    """A response that somebody else's browser is waiting for must not start a sign-in by itself."""
    response = answer(initech, start(initech)["requestId"])
    with pytest.raises(AppError) as failure:
        accept_unsolicited_response(connection_of(initech), response=response, origin=ORIGIN)
    assert failure.value.data == {"error": "in_response_to"}


def test_only_saml_has_unsolicited_responses(tenant: Tenant) -> None:
    config = {"clientId": "a", "clientSecret": "b"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.enterprise.openid.protocol.OpenIdProtocol.describe", lambda *_: {})
        google = create_sso_connector(
            provider_name="GoogleWorkspace", connector_name="Google", config=config, actor=SYSTEM
        )
    with pytest.raises(AppError) as failure:
        accept_unsolicited_response(connection_of(google), response="x", origin=ORIGIN)
    assert failure.value.code == "connector.unexpected_type"


def test_a_response_for_another_connector_signs_nobody_in(initech: SsoConnector) -> None:
    """Two connectors of one identity provider: what it answered the one is nothing to the other."""
    hooli = create_saml_connector("Hooli", domains=["hooli.example"])
    session = start(hooli)
    response = answer(initech, session["requestId"])
    assert refusal(hooli, response, session) == ("connector.authorization_failed", {"error": "recipient"})
    misdirected = answer(hooli, session["requestId"], audience=f"{ORIGIN}/enterprise-sso/{initech.id}")
    assert refusal(hooli, misdirected, session) == ("connector.authorization_failed", {"error": "audience"})


def test_a_response_for_another_tenant_signs_nobody_in(initech: SsoConnector) -> None:
    session = start(initech)
    response = answer(initech, session["requestId"], origin="http://acme.localhost:8000")
    assert refusal(initech, response, session) == ("connector.authorization_failed", {"error": "recipient"})


def test_a_connector_of_another_tenant_is_not_found(tenants: dict[str, Tenant], initech: SsoConnector) -> None:
    with enter_tenant("acme"):
        assert find_service_provider_metadata(ORIGIN, initech.id) is None


def test_an_identity_provider_cannot_claim_to_be_another(initech: SsoConnector) -> None:
    """A hostile enterprise signs, with its own key, a response that names the entity ID of another one."""
    hostile = create_saml_connector(
        "Hostile", config=MANUAL | {"entityId": "https://evil.example", "x509Certificate": key_pair("mallory")[1]}
    )
    session = start(hostile)
    forged = answer(hostile, session["requestId"], signer="mallory", issuer=IDP)
    assert refusal(hostile, forged, session) == ("connector.authorization_failed", {"error": "issuer"})


def test_two_identity_providers_of_one_name_are_two_issuers_of_two_connectors(initech: SsoConnector) -> None:
    """If a hostile enterprise configures another's entity ID with its own key, its users are its own connector's:
    what they are called there must not be looked up among the other's (identities are unique per connector)."""
    hostile = create_saml_connector("Hostile", config=MANUAL | {"x509Certificate": key_pair("mallory")[1]})
    session = start(hostile)
    found = finish(hostile, answer(hostile, session["requestId"], signer="mallory"), session)
    assert (found.user.id, found.issuer) == ("alice", IDP)
    own = start(initech)
    forged = answer(initech, own["requestId"], signer="mallory")
    assert refusal(initech, forged, own) == ("connector.authorization_failed", {"error": "signature"})


def test_an_unsigned_response_signs_nobody_in(initech: SsoConnector) -> None:
    session = start(initech)
    root = respond(
        audience=f"{ORIGIN}/enterprise-sso/{initech.id}",
        destination=session["origin"] + f"/api/authn/single-sign-on/saml/{initech.id}",
        in_response_to=session["requestId"],
        moment=now(),
    )
    assert refusal(initech, encoded(without_assertion_signature(root)), session)[1] == {"error": "signature"}


@pytest.mark.parametrize("response", [None, "", 5, ["x"], "not base64 !", "PHhtbC8+", "A" * 2_000_000])
def test_what_is_no_response_is_refused(initech: SsoConnector, response: Any) -> None:
    assert refusal(initech, response, start(initech))[0] == "connector.invalid_response"


def test_encrypted_assertions_open_with_every_key_of_a_rotation(initech: SsoConnector) -> None:
    old = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    new = create_sso_signing_key(initech, actor=SYSTEM)
    metadata = find_service_provider_metadata(ORIGIN, initech.id)
    assert metadata is not None
    assert set(parse_sp_metadata(metadata).encryption_certificates) == {old.certificate, new.certificate}
    set_signing_key_active(new, active=True, actor=SYSTEM)
    for key in (old, new):
        session = start(initech)
        encryption = Encryption(key.certificate, then_sign=True)
        found = finish(initech, answer(initech, session["requestId"], encryption=encryption), session)
        assert found.user.id == "alice"
    foreign = Encryption(key_pair("sp")[1], then_sign=True)
    session = start(initech)
    response = answer(initech, session["requestId"], encryption=foreign)
    assert refusal(initech, response, session) == ("connector.authorization_failed", {"error": "encryption"})


@pytest.mark.parametrize("algorithm", [None, "rsa-sha256", "rsa-sha512"])
def test_requests_are_signed_by_the_active_key(initech: SsoConnector, algorithm: str | None) -> None:
    key = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    chosen = {"requestSignatureAlgorithm": algorithm} if algorithm else {}
    update_sso_connector(initech, config=MANUAL | {"signAuthnRequest": True} | chosen, actor=SYSTEM)
    message = decode_redirect(urlsplit(connection_of(initech).start(request_for(initech)).url).query)
    message.verify([key.certificate])
    assert message.algorithm is not None
    assert message.algorithm.endswith(algorithm or "rsa-sha256")


def test_without_an_active_key_nothing_is_sent_unsigned(initech: SsoConnector) -> None:
    key = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    update_sso_connector(initech, config=MANUAL | {"signAuthnRequest": True}, actor=SYSTEM)
    key.delete()
    with pytest.raises(AppError) as failure:
        connection_of(initech).start(request_for(initech))
    assert failure.value.code == "single_sign_on.sso_signing_unavailable"


def test_a_refusal_of_the_identity_provider_is_told(initech: SsoConnector) -> None:
    session = start(initech)

    def refuse(root: Any) -> None:
        root.find(f".//{qname('samlp:StatusCode')}").set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")

    response = encoded(signed_assertion_response(refuse))
    assert refusal(initech, response, session)[0] == "connector.authorization_failed"


def test_the_relay_state_is_not_sent_if_there_is_none(initech: SsoConnector) -> None:
    url = connection_of(initech).start(request_for(initech, relay_state="")).url
    assert "RelayState" not in parse_qs(urlsplit(url).query)
