"""Fifty guesses at one moment: no more of them are answered than the tenant's limit gives, whatever is guessed.

Each runs in a thread and a transaction of its own, as requests do. What is answered `wrong` has told something; what is
answered `blocked` has not, and the right guess is then refused, too.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from experience.models import Interaction
from experience.records import Identifier
from experience.services.interaction import start_interaction
from experience.services.second_factors import check_backup_code, check_totp
from experience.services.verification import check_code, check_one_time_token, check_password, send_code
from identity.factors.backup_codes.codes import hash_codes, new_codes
from identity.factors.backup_codes.service import bind_backup_codes
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp
from identity.models import User, VerificationCode
from identity.services.one_time_tokens import create_one_time_token
from tests.experience.conftest import PASSWORD
from tests.experience.test_hostile_journeys import _copy, _pending
from tests.racing import outcome, race_outcomes

LIMIT = 5
GUESSES = 50
BLOCKED = "session.verification_blocked_too_many_attempts"
EMAIL = Identifier("email", "alice@example.com")

Guess = Callable[[Interaction], Any]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def journey(application: Application, alice: User, every_method: None, settings_of: Any) -> Interaction:
    """A sign-in of a tenant that gives five attempts an hour; its second factors are alice's."""
    factors = ["Totp", "BackupCode"]
    settings_of(sentinelPolicy={"maxAttempts": LIMIT}, mfa={"factors": factors, "policy": "UserControlled"})
    return start_interaction(_pending(application), event="SignIn")


def guess_at_once(journey: Interaction, guesses: list[Guess]) -> Counter[str]:
    return Counter(race_outcomes([partial(guess, _copy(journey)) for guess in guesses]))


def assert_limited(journey: Interaction, wrong: list[Guess], right: Guess, code: str) -> None:
    assert guess_at_once(journey, wrong) == {code: LIMIT - 1, BLOCKED: GUESSES - LIMIT + 1}
    assert outcome(partial(right, _copy(journey))) == BLOCKED


def test_passwords(journey: Interaction, alice: User) -> None:
    """By whichever of her identifiers: the account has one count."""
    identifiers = [EMAIL, Identifier("username", "alice"), Identifier("phone", "12025550101")]
    wrong: list[Guess] = [
        partial(check_password, identifier=identifiers[number % 3], password=f"guess {number}")
        for number in range(GUESSES)
    ]
    right = partial(check_password, identifier=EMAIL, password=PASSWORD)
    assert_limited(journey, wrong, right, "session.invalid_credentials")


def test_passwords_of_nobody(journey: Interaction) -> None:
    """An account that is not there is locked like one that is."""
    nobody = Identifier("username", "nobody")
    wrong: list[Guess] = [
        partial(check_password, identifier=nobody, password=f"guess {number}") for number in range(GUESSES)
    ]
    assert_limited(journey, wrong, wrong[0], "session.invalid_credentials")


def test_codes(journey: Interaction, alice: User, outbox: list[dict[str, Any]]) -> None:
    verification_id = send_code(journey, identifier=EMAIL, event="SignIn")
    sent = outbox[-1]["payload"]["code"]
    enter = partial(check_code, identifier=EMAIL, verification_id=verification_id)
    codes = [f"{number:06d}" for number in range(GUESSES + 1) if f"{number:06d}" != sent][:GUESSES]
    wrong: list[Guess] = [partial(enter, code=code) for code in codes]
    outcomes = guess_at_once(journey, wrong)
    assert outcomes["verification_code.code_mismatch"] == LIMIT - 1
    # The code has tries of its own: what comes after them is not even compared.
    assert outcomes["verification_code.code_mismatch"] + outcomes[BLOCKED] == GUESSES
    assert VerificationCode.objects.get().try_count <= 10
    assert outcome(partial(enter, _copy(journey), code=sent)) == BLOCKED


def test_one_time_tokens(journey: Interaction, alice: User) -> None:
    token = create_one_time_token(email=EMAIL.value, actor=SYSTEM).value
    wrong: list[Guess] = [
        partial(check_one_time_token, identifier=EMAIL, token=f"guess{number}") for number in range(GUESSES)
    ]
    right = partial(check_one_time_token, identifier=EMAIL, token=token)
    assert_limited(journey, wrong, right, "one_time_token.token_not_found")


def test_passwords_codes_and_tokens_share_one_count(
    journey: Interaction, alice: User, outbox: list[dict[str, Any]]
) -> None:
    verification_id = send_code(journey, identifier=EMAIL, event="SignIn")
    ways: list[Guess] = [
        partial(check_password, identifier=EMAIL, password="guess"),
        partial(check_code, identifier=EMAIL, verification_id=verification_id, code="x"),
        partial(check_one_time_token, identifier=EMAIL, token="guess"),
    ]
    outcomes = guess_at_once(journey, [ways[number % 3] for number in range(GUESSES)])
    assert outcomes[BLOCKED] == GUESSES - LIMIT + 1


@pytest.fixture
def identified(journey: Interaction, alice: User) -> Interaction:
    journey.user = alice
    journey.save()
    return journey


def test_totp_codes(identified: Interaction, alice: User) -> None:
    bind_totp(alice, secret=new_secret(), actor=SYSTEM)
    wrong: list[Guess] = [partial(check_totp, code=f"{number:05d}") for number in range(GUESSES)]
    assert_limited(identified, wrong, wrong[0], "session.mfa.invalid_totp_code")


def test_backup_codes(identified: Interaction, alice: User) -> None:
    codes = new_codes()
    bind_backup_codes(alice, hashes=hash_codes(alice.id, codes), actor=SYSTEM)
    wrong: list[Guess] = [partial(check_backup_code, code=f"guess{number:05d}") for number in range(GUESSES)]
    assert_limited(identified, wrong, partial(check_backup_code, code=codes[0]), "session.mfa.invalid_backup_code")
