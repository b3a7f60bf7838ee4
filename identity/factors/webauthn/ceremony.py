"""The two ceremonies of Web Authentication Level 3: registration (section 7.1) and authentication (section 7.2).

Stands on the `webauthn` library and bounds what reaches it: whatever is wrong with an answer, the one error that leaves
here is `session.mfa.webauthn_verification_failed`. Free of models and requests.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from common.crypto import base64url
from common.errors import AppError
from identity.factors.webauthn.responses import (
    assertion_of,
    attestation_of,
    challenge_of,
    client_data_of,
    credential_id_of,
    known_transports,
    user_handle_of,
)

__all__ = [
    "CredentialDescriptor",
    "NewCredential",
    "RelyingParty",
    "authentication_options",
    "challenge_of",
    "credential_id_of",
    "new_challenge",
    "registration_options",
    "user_handle_of",
    "verify_authentication",
    "verify_registration",
]

_TIMEOUT_MILLISECONDS = 60_000
_CHALLENGE_BYTES = 32
# RSA keys of 4096 bits take about 530 bytes.
_MAX_PUBLIC_KEY = 2048
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
]


class RelyingParty(NamedTuple):
    """Who asks: the host name that credentials belong to, the origin of the page, and further origins of the tenant.

    A page at a related origin may make credentials (section 5.11, Related Origin Requests), for who is signed in there.
    It does not use them: people sign in here, and whatever asks for it elsewhere passes their answers on.
    """

    rp_id: str
    origin: str
    related_origins: tuple[str, ...] = ()


class CredentialDescriptor(NamedTuple):
    """A credential that an authenticator may have: its id in base64url, and how it is reached."""

    credential_id: str
    transports: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """What a registration has proved; ids and keys are in base64url."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: tuple[str, ...]
    aaguid: str
    rp_id: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "transports": list(self.transports)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**{**value, "transports": tuple(value["transports"])})


def new_challenge() -> bytes:
    """Return a challenge; it is good for one ceremony."""
    return secrets.token_bytes(_CHALLENGE_BYTES)


def registration_options(
    party: RelyingParty,
    *,
    user_id: str,
    user_name: str,
    exclude: Sequence[CredentialDescriptor],
    challenge: bytes,
) -> dict[str, Any]:
    """Return the options of `navigator.credentials.create`: a discoverable credential with user verification."""
    options = generate_registration_options(
        rp_id=party.rp_id,
        rp_name=party.rp_id,
        user_id=user_id.encode(),
        user_name=user_name,
        challenge=challenge,
        timeout=_TIMEOUT_MILLISECONDS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(exclude),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json_dict(options)


def verify_registration(payload: Any, *, party: RelyingParty, challenge: bytes) -> NewCredential:
    """Return the credential that an authenticator has made. Raises `session.mfa.webauthn_verification_failed`."""
    with _failures():
        response = attestation_of(payload)
        _refuse_frames(response)
        verified = verify_registration_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=[party.origin, *party.related_origins],
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
        key = verified.credential_public_key
        # A key that nothing can be verified with would be a factor that never works.
        decoded_public_key_to_cryptography(decode_credential_public_key(key))
        if len(key) > _MAX_PUBLIC_KEY:
            raise ValueError("the public key is too long")
        return NewCredential(
            credential_id=base64url(verified.credential_id),
            public_key=base64url(key),
            sign_count=verified.sign_count,
            transports=tuple(response["response"]["transports"]),
            aaguid=verified.aaguid,
            rp_id=party.rp_id,
        )


def authentication_options(
    party: RelyingParty, *, allow: Sequence[CredentialDescriptor], challenge: bytes
) -> dict[str, Any]:
    """Return the options of `navigator.credentials.get`; without `allow` the user picks a discoverable credential."""
    options = generate_authentication_options(
        rp_id=party.rp_id,
        challenge=challenge,
        timeout=_TIMEOUT_MILLISECONDS,
        allow_credentials=_described(allow),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def verify_authentication(payload: Any, *, party: RelyingParty, challenge: bytes, public_key: str) -> int:
    """Return the signature counter of a valid answer. Raises `session.mfa.webauthn_verification_failed`.

    What a counter means that has not grown (section 6.1.1) is for the caller to decide.
    """
    with _failures():
        response = assertion_of(payload)
        _refuse_frames(response)
        verified = verify_authentication_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        return verified.new_sign_count


@contextmanager
def _failures() -> Iterator[None]:
    """Whatever the library, or what it stands on, raises about bytes from outside: they prove nothing."""
    try:
        yield
    except Exception as error:
        raise AppError("session.mfa.webauthn_verification_failed") from error


def _refuse_frames(response: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a ceremony in a frame of another origin (section 7.1, step 10): our pages allow none."""
    if client_data_of(response).get("crossOrigin", False) is not False:
        raise ValueError("the ceremony ran in another origin's frame")


def _described(descriptors: Sequence[CredentialDescriptor]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(one.credential_id),
            transports=[AuthenticatorTransport(name) for name in known_transports(one.transports)],
        )
        for one in descriptors
    ]
