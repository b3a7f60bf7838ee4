"""The ceremonies of Web Authentication: what is asked of the browser, and what of its answers is believed."""

import base64
import json
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers.cose import COSEAlgorithmIdentifier

from common.crypto import base64url
from identity.factors.webauthn import ceremony
from identity.factors.webauthn.authenticators import find_authenticator_name
from identity.factors.webauthn.ceremony import (
    CredentialDescriptor,
    NewCredential,
    RelyingParty,
    authentication_options,
    challenge_of,
    credential_id_of,
    new_challenge,
    registration_options,
    user_handle_of,
    verify_authentication,
    verify_registration,
)
from tests.authenticator import APPLE_PASSWORDS, PRESENT, Authenticator, PrivateKey
from tests.racing import outcome

FAILED = "session.mfa.webauthn_verification_failed"
CHALLENGE = b"c" * 32
PARTY = RelyingParty("id.example.com", "https://id.example.com", ("https://example.org",))
KEYS: dict[str, Callable[[], PrivateKey]] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def creation() -> dict[str, Any]:
    return registration_options(PARTY, user_id="alice1234567", user_name="alice", exclude=[], challenge=CHALLENGE)


def request() -> dict[str, Any]:
    return authentication_options(PARTY, allow=[], challenge=CHALLENGE)


def register(authenticator: Authenticator, **changed: Any) -> NewCredential:
    return verify_registration(authenticator.create(creation(), **changed), party=PARTY, challenge=CHALLENGE)


def authenticate(authenticator: Authenticator, credential: NewCredential, **changed: Any) -> int:
    payload = authenticator.get(request(), **changed)
    return verify_authentication(payload, party=PARTY, challenge=CHALLENGE, public_key=credential.public_key)


def test_the_options_of_a_registration() -> None:
    """A discoverable credential, the user verified, no attestation, and none that the user has already."""
    options = registration_options(
        PARTY,
        user_id="alice1234567",
        user_name="alice@example.com",
        exclude=[CredentialDescriptor("AQID", ["usb", "telepathy"])],
        challenge=CHALLENGE,
    )
    assert options == {
        "rp": {"name": "id.example.com", "id": "id.example.com"},
        "user": {"id": base64url(b"alice1234567"), "name": "alice@example.com", "displayName": "alice@example.com"},
        "challenge": base64url(CHALLENGE),
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -257, -8)],
        "timeout": 60000,
        "excludeCredentials": [{"id": "AQID", "type": "public-key", "transports": ["usb"]}],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def test_the_options_of_an_authentication() -> None:
    options = authentication_options(PARTY, allow=[CredentialDescriptor("AQID")], challenge=CHALLENGE)
    assert options == {
        "challenge": base64url(CHALLENGE),
        "timeout": 60000,
        "rpId": "id.example.com",
        "allowCredentials": [{"id": "AQID", "type": "public-key"}],
        "userVerification": "required",
    }
    assert request()["allowCredentials"] == []


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_passkey_is_made_and_used(algorithm: str) -> None:
    authenticator = Authenticator("https://id.example.com", key=KEYS[algorithm]())
    credential = register(authenticator)
    assert credential.credential_id == base64url(authenticator.credential_id)
    assert (credential.rp_id, credential.transports) == ("id.example.com", ("internal", "hybrid"))
    assert find_authenticator_name(credential.aaguid) == "Apple Passwords"
    authenticator.counter = 7
    assert authenticate(authenticator, credential) == 7


def test_a_credential_survives_its_stay_in_an_interaction() -> None:
    credential = register(Authenticator("https://id.example.com"))
    assert NewCredential.from_json(json.loads(json.dumps(credential.as_json()))) == credential


def test_a_related_origin_of_the_tenant_makes_passkeys_and_uses_none() -> None:
    """People sign in at the tenant's own pages: a leak in another one of the tenant's must be no way in."""
    authenticator = Authenticator("https://example.org")
    credential = register(authenticator)
    assert outcome(lambda: authenticate(authenticator, credential)) == FAILED
    authenticator.origin = "https://id.example.com"
    assert authenticate(authenticator, credential) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://id.example.com"},
        {"type": "webauthn.get"},
        {"challenge": base64url(b"d" * 32)},
        {"crossOrigin": True},
        {"crossOrigin": "false"},
    ],
)
def test_a_registration_for_something_else_proves_nothing(changed: dict[str, Any]) -> None:
    assert outcome(lambda: register(Authenticator("https://id.example.com"), **changed)) == FAILED


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"type": "webauthn.create"},
        {"challenge": base64url(b"d" * 32)},
        {"crossOrigin": True},
    ],
)
def test_an_authentication_for_something_else_proves_nothing(changed: dict[str, Any]) -> None:
    authenticator = Authenticator("https://id.example.com")
    credential = register(authenticator)
    assert outcome(lambda: authenticate(authenticator, credential, **changed)) == FAILED


@pytest.mark.parametrize("flags", [0, PRESENT])
def test_the_user_is_verified_not_just_present(flags: int) -> None:
    authenticator = Authenticator("https://id.example.com")
    credential = register(authenticator)
    authenticator.flags = flags
    assert outcome(lambda: authenticate(authenticator, credential)) == FAILED
    assert outcome(lambda: register(authenticator)) == FAILED


def test_another_host_name_is_another_relying_party() -> None:
    authenticator = Authenticator("https://id.example.com")
    payload = authenticator.create({**creation(), "rp": {"id": "example.com"}})
    assert outcome(lambda: verify_registration(payload, party=PARTY, challenge=CHALLENGE)) == FAILED


def test_another_key_signs_in_vain() -> None:
    authenticator = Authenticator("https://id.example.com")
    credential = register(authenticator)
    authenticator.key = KEYS["ES256"]()
    assert outcome(lambda: authenticate(authenticator, credential)) == FAILED


def test_an_algorithm_that_was_not_asked_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceremony, "_ALGORITHMS", [COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256])
    assert outcome(lambda: register(Authenticator("https://id.example.com"))) == FAILED


def test_a_key_that_can_verify_nothing_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A point that is not on its curve would be a factor that never works."""
    wrong = {1: 2, 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x02" * 32}
    monkeypatch.setattr("tests.authenticator.cose_key", lambda key: wrong)
    assert outcome(lambda: register(Authenticator("https://id.example.com"))) == FAILED


def test_a_key_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = {1: 3, 3: -257, -1: b"\xff" * 3000, -2: b"\x01\x00\x01"}
    monkeypatch.setattr("tests.authenticator.cose_key", lambda key: huge)
    assert outcome(lambda: register(Authenticator("https://id.example.com"))) == FAILED


def test_a_credential_id_is_bounded() -> None:
    """1023 bytes at most (Web Authentication Level 3, section 4)."""
    assert outcome(lambda: register(Authenticator("https://id.example.com", credential_id=b"x" * 1023))) == "ok"
    assert outcome(lambda: register(Authenticator("https://id.example.com", credential_id=b"x" * 1024))) == FAILED


@pytest.mark.parametrize(
    ("given_transports", "kept"),
    [
        (["usb", "usb", "nfc"], ("usb", "nfc")),
        (["telepathy", 7, None, ["usb"]], ()),
        (["x"] * 100 + ["usb"], ()),
        ("usb", ()),
        (None, ()),
        ({"usb": 1}, ()),
    ],
)
def test_transports_are_those_that_browsers_know(given_transports: Any, kept: tuple[str, ...]) -> None:
    authenticator = Authenticator("https://id.example.com", transports=given_transports)
    assert register(authenticator).transports == kept


def test_an_answer_says_whose_it_is() -> None:
    authenticator = Authenticator("https://id.example.com")
    register(authenticator)
    payload = authenticator.get(request())
    assert challenge_of(payload) == CHALLENGE
    assert credential_id_of(payload) == base64url(authenticator.credential_id)
    assert user_handle_of(payload) == b"alice1234567"
    assert user_handle_of({**payload, "response": {"userHandle": None}}) is None


def nested(depth: int) -> bytes:
    """CBOR arrays in each other (RFC 8949)."""
    return b"\x81" * depth + b"\x00"


@pytest.mark.parametrize(
    "attestation", [nested(20_000), b"\xbf" * 20_000, b"\x9b" + b"\xff" * 8, b"\x5b" + b"\xff" * 8]
)
def test_hostile_cbor_is_a_failed_verification(attestation: bytes) -> None:
    payload = Authenticator("https://id.example.com").create(creation())
    payload["response"]["attestationObject"] = base64url(attestation)
    assert outcome(lambda: verify_registration(payload, party=PARTY, challenge=CHALLENGE)) == FAILED


@pytest.mark.parametrize("text", ["[" * 6000, "9" * 6000, '{"challenge": ' * 400, "null", '"x"', "\xff"])
def test_hostile_client_data_is_a_failed_verification(text: str) -> None:
    payload = Authenticator("https://id.example.com").create(creation())
    payload["response"]["clientDataJSON"] = base64.urlsafe_b64encode(text.encode("latin-1")).decode()
    assert outcome(lambda: verify_registration(payload, party=PARTY, challenge=CHALLENGE)) == FAILED
    assert challenge_of(payload) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40), lambda inner: st.lists(inner, max_size=3)
)
BINARY = st.binary(max_size=200).map(base64url) | JSON


def payloads() -> st.SearchStrategy[Any]:
    """Answers that are wrong in any of their places, and things that are no answers at all."""
    good = Authenticator("https://id.example.com")
    made, used = good.create(creation()), good.get(request())
    response = {**made["response"], **used["response"]}
    changed = st.dictionaries(st.sampled_from(sorted(response)), BINARY, min_size=1, max_size=3)
    answers = changed.map(lambda change: {**made, "response": {**response, **change}})
    outer = st.dictionaries(st.sampled_from(["id", "rawId", "response"]), BINARY, min_size=1)
    return answers | outer.map(lambda change: {**made, "response": response, **change}) | JSON


def assert_only_failure(call: Callable[[], Any]) -> None:
    assert outcome(call) in ("ok", FAILED)


@settings(max_examples=300, deadline=None)
@given(payload=payloads())
def test_malformed_answers_fail_in_one_way(payload: Any) -> None:
    key = register(Authenticator("https://id.example.com")).public_key
    assert_only_failure(lambda: verify_registration(payload, party=PARTY, challenge=CHALLENGE))
    assert_only_failure(lambda: verify_authentication(payload, party=PARTY, challenge=CHALLENGE, public_key=key))
    for reader in (challenge_of, credential_id_of, user_handle_of):
        reader(payload)


@settings(max_examples=300, deadline=None)
@given(
    fmt=st.sampled_from(["none", "packed", "tpm", "android-key", "android-safetynet", "apple", "fido-u2f", "x", 7]),
    statement=st.dictionaries(
        st.sampled_from(["sig", "x5c", "alg", "ver", "certInfo", "pubArea", "response"]),
        st.binary(max_size=40) | st.integers(-300, 300) | st.lists(st.binary(max_size=40), max_size=2) | st.text(),
    ),
    data=st.binary(max_size=300),
)
def test_malformed_attestations_fail_in_one_way(fmt: Any, statement: dict[str, Any], data: bytes) -> None:
    authenticator = Authenticator("https://id.example.com")
    payload = authenticator.create(creation())
    attested = cbor2.loads(base64.urlsafe_b64decode(payload["response"]["attestationObject"] + "==="))
    for auth_data in (data, attested["authData"], attested["authData"][:-1] + data):
        whole = cbor2.dumps({"fmt": fmt, "attStmt": statement, "authData": auth_data})
        payload["response"]["attestationObject"] = base64url(whole)
        assert_only_failure(lambda: verify_registration(payload, party=PARTY, challenge=CHALLENGE))


def test_challenges_are_never_alike() -> None:
    assert len({new_challenge() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("aaguid", "name"),
    [
        ("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"),
        ("08987058-CADC-4B81-B6E1-30DE50DCBE96", "Windows Hello"),
        (APPLE_PASSWORDS, "Apple Passwords"),
        ("00000000-0000-0000-0000-000000000000", None),
        ("nonsense", None),
    ],
)
def test_authenticators_are_known_by_name(aaguid: str, name: str | None) -> None:
    assert find_authenticator_name(aaguid) == name
