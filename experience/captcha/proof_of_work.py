"""Proof of work: the browser computes for a second or so, and nobody else hears of it.

The format is ALTCHA's (https://altcha.org/docs/v2/, version 2): its widgets and libraries can solve it. What has to be
found is a counter, drawn between bounds, from which PBKDF2 derives the key that the challenge tells the beginning of.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from altcha import Payload, create_challenge, solve_challenge, verify_solution

from common.clock import now
from common.crypto import sha256_hex
from common.ids import new_secret
from common.shapes import Choice, Members
from experience.captcha.base import Attempt, CaptchaRefusedError, CaptchaUnavailableError, Passed, Script

LIFETIME = timedelta(minutes=10)
DEFAULT_DIFFICULTY = "medium"
#: Difficulty -> the highest counter; the lowest is a quarter of it, so that nobody waits much longer than another.
HIGHEST_COUNTERS: Mapping[str, int] = MappingProxyType({"low": 800, DEFAULT_DIFFICULTY: 3200, "high": 12_800})
_ALGORITHM = "PBKDF2/SHA-256"
# Iterations for one counter: a third of a millisecond. Making a challenge takes as long, verifying a solution less.
_COST = 1000
_KEY = "hmacKey"


class ProofOfWork:
    """Computing time instead of somebody's attention or another company's cookies."""

    type = "ProofOfWork"
    shape = Members(
        {
            "type": Choice(choices=(type,), required=True),
            "difficulty": Choice(choices=tuple(HIGHEST_COUNTERS), default=DEFAULT_DIFFICULTY),
        }
    )
    secrets = frozenset({_KEY})

    def completed(self, config: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        """Challenges are signed with a key of the tenant's own, which stays when the difficulty is changed."""
        return {**config, _KEY: stored.get(_KEY) or new_secret()}

    def public(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def script(self, config: Mapping[str, Any]) -> Script:
        return Script()

    def challenge(self, config: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return one as ALTCHA's clients read it. It is kept nowhere, and takes a third of a millisecond."""
        highest = HIGHEST_COUNTERS[config.get("difficulty", DEFAULT_DIFFICULTY)]
        challenge: dict[str, Any] = _create(config, highest=highest).to_dict()
        return challenge

    def verify(self, config: Mapping[str, Any], attempt: Attempt) -> Passed:
        try:
            payload = Payload.from_base64(attempt.token)
            outcome = verify_solution(payload, config[_KEY], hmac_key_secret=_solution_key(config))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise CaptchaRefusedError("malformed") from error
        if not outcome.verified:
            raise CaptchaRefusedError("expired" if outcome.expired else "not-solved")
        # Signed, so the values are ours.
        signature, expiry = payload.challenge.signature, payload.challenge.parameters.expires_at
        expires_at = datetime.fromtimestamp(expiry or 0, UTC)
        if signature is None or expires_at <= now():
            raise CaptchaRefusedError("expired")
        return Passed(sha256_hex(signature), expires_at)

    def check(self, config: Mapping[str, Any]) -> None:
        challenge = _create(config, highest=8)
        solution = solve_challenge(challenge)
        if solution is None:
            raise CaptchaUnavailableError("not-solved")
        self.verify(config, Attempt(Payload(challenge, solution).to_base64(), frozenset()))


def _create(config: Mapping[str, Any], *, highest: int) -> Any:
    lowest = highest // 4
    return create_challenge(
        _ALGORITHM,
        _COST,
        counter=lowest + secrets.randbelow(highest - lowest + 1),
        expires_at=now() + LIFETIME,
        hmac_secret=config[_KEY],
        hmac_key_secret=_solution_key(config),
    )


def _solution_key(config: Mapping[str, Any]) -> str:
    """What signs solutions is not what signs challenges."""
    return f"{config[_KEY]}.solution"
