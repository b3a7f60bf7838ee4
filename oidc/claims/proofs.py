"""What somebody proved when they signed in, in the names of RFC 8176 (`amr`), and whether that was two factors.

Two factors are two proofs by different means, of which the later is one that a second step asks for: a password and a
code of an app, a link by email and a passkey. What the same mailbox or phone proved twice is one. A sign-in by passkey
is two by itself: the device, and the finger or PIN that it insists on.

A factor that was set up in this very sign-in (`isBinding`) counts. Whoever can set one up could sign in again at once
and use it, so to leave it out would cost honest users a code and keep nobody away. It does not count if the user had
another factor that nobody asked for this time (`secondFactorWaived`, `trustedDevice`): that would make two factors of
one password. Neither do backup codes that were only made, nor an address or a number that was only added to the
profile on the way. A password that was chosen at registration (`NewPasswordIdentity`) is the first factor of it.

A trusted device is no proof: it says that one was given here, days ago, so it adds no method and no strength.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

#: RFC 8176: more than one factor.
MULTIPLE_FACTORS = "mfa"


class Proof(NamedTuple):
    """What one kind of verification record proves: by which methods, and by what means."""

    methods: tuple[str, ...]
    means: str
    is_second: bool = False
    is_sufficient: bool = False
    counts_when_set_up: bool = False


# A code by SMS is `sms`, so that an API can tell it from better ones; one by email, one of an app and a backup code are
# used once: `otp`. Whether a passkey's key lives in hardware (`hwk`) or is synced (`swk`) nobody can know without
# attestation, so it is `pop`, possession of a key, with `user`: somebody was there and touched it.
_PROOFS: Mapping[str, Proof] = {
    "Password": Proof(("pwd",), "password"),
    "NewPasswordIdentity": Proof(("pwd",), "password"),
    "EmailVerificationCode": Proof(("otp",), "mailbox"),
    "PhoneVerificationCode": Proof(("sms",), "phone"),
    "OneTimeToken": Proof(("otp",), "mailbox"),
    "SignInPasskey": Proof(("pop", "user"), "passkey", is_sufficient=True),
    "Totp": Proof(("otp",), "app", is_second=True, counts_when_set_up=True),
    "WebAuthn": Proof(("pop", "user"), "passkey", is_second=True, counts_when_set_up=True),
    "BackupCode": Proof(("otp",), "backup code", is_second=True),
    "MfaEmailVerificationCode": Proof(("otp",), "mailbox", is_second=True, counts_when_set_up=True),
    "MfaPhoneVerificationCode": Proof(("sms",), "phone", is_second=True, counts_when_set_up=True),
}


def methods_of(submission: Mapping[str, Any]) -> str:
    """Return the methods of a sign-in, separated by spaces, from what its session keeps about it."""
    proofs = list(_proofs_of(submission))
    names = [name for proof in proofs for name in proof.methods]
    if _are_two_factors(proofs):
        names.append(MULTIPLE_FACTORS)
    return " ".join(dict.fromkeys(names))


def is_two_factors(submission: Mapping[str, Any]) -> bool:
    """Whether a sign-in took two factors."""
    return _are_two_factors(list(_proofs_of(submission)))


def proven_records(submission: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the records of a sign-in that prove something, in order."""
    is_waived = bool(submission.get("trustedDevice") or submission.get("secondFactorWaived"))
    return [
        record
        for record in submission.get("verificationRecords") or ()
        if record.get("verified")
        and not (record.get("isBinding") and (is_waived or not _proof_of(record).counts_when_set_up))
    ]


def _proof_of(record: Mapping[str, Any]) -> Proof:
    """What a record proves; a kind that RFC 8176 has no name for is a proof without methods."""
    kind = str(record.get("type"))
    return _PROOFS.get(kind) or Proof((), kind)


def _proofs_of(submission: Mapping[str, Any]) -> Iterator[Proof]:
    return map(_proof_of, proven_records(submission))


def _are_two_factors(proofs: Sequence[Proof]) -> bool:
    if any(proof.is_sufficient for proof in proofs):
        return True
    first = {proof.means for proof in proofs if not proof.is_second}
    return any(proof.is_second and first - {proof.means} for proof in proofs)
