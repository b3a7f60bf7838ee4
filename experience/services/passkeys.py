"""Signing in with a passkey: both factors at once, and it says who the user is."""

import hmac
import secrets
from dataclasses import replace
from typing import Any

from django.utils.crypto import salted_hmac

from common.errors import AppError
from experience.accounts import find_account
from experience.models import Interaction
from experience.records import Identifier, RecordType, VerificationRecord
from experience.services.second_factors import Challenge, begin_authentication, pending_challenge
from experience.services.settings import get_sign_in_experience
from experience.services.steps import failures_recorded, get_record
from experience.services.verification import Proof, keep_proof
from identity.factors.webauthn.ceremony import RelyingParty, authentication_options, challenge_of, credential_id_of
from identity.factors.webauthn.service import descriptors_of, find_passkey, list_passkeys, verify_passkey
from oidc.models import AuthorizationRequest
from tenants.rate_limits import throttle_guesses

_NONCE_BYTES = 16
_PENDING = "session.passkey_sign_in.pending_info_not_found"
_KEY = f"Verification.{RecordType.SIGN_IN_PASSKEY}.Submit"


def preflight_options(pending: AuthorizationRequest, *, party: RelyingParty) -> dict[str, Any]:
    """Return what to ask an authenticator for that knows who its user is (a discoverable credential).

    The challenge is signed for this authorization request and kept nowhere: every first page may offer a passkey, and
    it costs no statement. It is good as long as the request waits, which one sign-in ends.
    Raises `user.sign_in_method_not_enabled`.
    """
    _assert_enabled()
    return authentication_options(party, allow=[], challenge=_signed(secrets.token_bytes(_NONCE_BYTES), pending, party))


def start_passkey_sign_in(interaction: Interaction, *, identifier: Identifier, party: RelyingParty) -> Challenge:
    """Return what to ask the authenticators of the account with this identifier for.

    Raises `session.mfa.webauthn_verification_not_found`, the same for an account without a passkey and for none, and
    `user.sign_in_method_not_enabled`.
    """
    _assert_enabled()
    with throttle_guesses():
        user = find_account(identifier)
        passkeys = list_passkeys(user, rp_id=party.rp_id) if user else []
        return begin_authentication(
            interaction, RecordType.SIGN_IN_PASSKEY, user, descriptors_of(passkeys), party=party, identifier=identifier
        )


def finish_passkey_sign_in(
    interaction: Interaction, *, verification_id: str | None, payload: dict[str, Any], party: RelyingParty
) -> str:
    """Check an authenticator's answer, keep the proof, and return its record's id. Raises as `check_passkey`."""
    proof = check_passkey(interaction, verification_id=verification_id, payload=payload, party=party)
    keep_proof(interaction, proof)
    return proof.id


def check_passkey(
    interaction: Interaction, *, verification_id: str | None, payload: dict[str, Any], party: RelyingParty
) -> Proof:
    """Return the proof that a passkey has answered, whoever's it is; without an id the challenge is the preflight's.

    Raises `session.verification_session_not_found`, `session.passkey_sign_in.pending_info_not_found`,
    `session.passkey_sign_in.conflict_rp_id`, `session.identifier_not_found` (400) for a passkey that nobody has,
    `session.identity_conflict` for another account's than the one named, `session.mfa.webauthn_verification_failed` and
    `user.sign_in_method_not_enabled`. Nothing is counted against an account: there is nothing to guess.
    """
    _assert_enabled()
    with failures_recorded(interaction, _KEY), throttle_guesses():
        record, challenge = _awaited(interaction, verification_id, payload, party)
        credential_id = credential_id_of(payload)
        passkey = find_passkey(credential_id, rp_id=party.rp_id) if credential_id else None
        if passkey is None:
            raise AppError("session.identifier_not_found", status=400)
        if record.user_id not in ("", passkey.user_id):
            raise AppError("session.identity_conflict")
        verify_passkey(passkey, payload, party=party, challenge=challenge)
    proved = replace(record, verified=True, user_id=passkey.user_id, factor_id=passkey.id, data={})
    return Proof(proved, _KEY, was_begun=verification_id is not None)


def _awaited(
    interaction: Interaction, verification_id: str | None, payload: dict[str, Any], party: RelyingParty
) -> tuple[VerificationRecord, bytes]:
    """Return the record that waits for the answer, and its challenge; a new record for an answer to the preflight's."""
    if verification_id is None:
        challenge = challenge_of(payload) or b""
        if not hmac.compare_digest(challenge, _signed(challenge[:_NONCE_BYTES], interaction.request, party)):
            raise AppError(_PENDING)
        return VerificationRecord.new(RecordType.SIGN_IN_PASSKEY), challenge
    record = get_record(interaction, verification_id, record_type=RecordType.SIGN_IN_PASSKEY)
    challenge = pending_challenge(record, code=_PENDING)
    if record.data["rpId"] != party.rp_id:
        raise AppError("session.passkey_sign_in.conflict_rp_id")
    return record, challenge


def _assert_enabled() -> None:
    if not get_sign_in_experience().passkey_sign_in.enabled:
        raise AppError("user.sign_in_method_not_enabled")


def _signed(nonce: bytes, pending: AuthorizationRequest, party: RelyingParty) -> bytes:
    """Return the nonce followed by its signature for this request and host."""
    content = b"\x1f".join((nonce, pending.id.encode(), party.rp_id.encode()))
    signature = salted_hmac("experience.sign-in-passkey", content, algorithm="sha256").digest()
    return nonce + signature[:_NONCE_BYTES]
