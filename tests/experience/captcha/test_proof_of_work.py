"""The self-hosted proof of work: a challenge of the tenant's own, solved, in time, once, and by nothing else."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from altcha import create_challenge
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from experience.captcha import proof_of_work
from experience.captcha.provider import find_captcha
from experience.services.captcha_provider import put_captcha_provider
from tenants import rate_limits
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.captcha.conftest import PROOF_OF_WORK, begin, changed, fresh_token, solved
from tests.experience.conftest import Browser, code_of

FAILED = (422, "session.captcha_failed")
ADDRESS = "/api/.well-known/captcha-challenge"

pytestmark = pytest.mark.usefixtures("proof_of_work_on")


def test_a_challenge_is_for_anybody_and_never_kept(client: Client) -> None:
    answer = client.get(ADDRESS)
    assert answer["Cache-Control"] == "no-store"
    challenge = answer.json()
    assert set(challenge) == {"parameters", "signature"}
    assert challenge["parameters"]["algorithm"] == "PBKDF2/SHA-256"
    assert client.get(ADDRESS).json() != challenge


@pytest.mark.parametrize("difficulty", ["low", "medium", "high"])
def test_the_work_has_bounds(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, difficulty: str) -> None:
    """The counter that has to be found is drawn between a quarter of the highest and the highest."""
    counters: list[int] = []

    def draw(*args: Any, counter: int, **options: Any) -> Any:
        counters.append(counter)
        return create_challenge(*args, counter=counter, **options)

    monkeypatch.setattr(proof_of_work, "create_challenge", draw)
    config = put_captcha_provider({"type": "ProofOfWork", "difficulty": difficulty}, actor=SYSTEM) and find_captcha()
    assert config
    for _ in range(20):
        config.kind.challenge(config.config)
    highest = proof_of_work.HIGHEST_COUNTERS[difficulty]
    assert all(highest // 4 <= counter <= highest for counter in counters)
    assert len(set(counters)) > 1


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload["solution"].update(derivedKey="00" * 32),
        lambda payload: payload["solution"].update(derivedKey=payload["challenge"]["parameters"]["keyPrefix"]),
        lambda payload: payload["challenge"]["parameters"].update(expiresAt=4_000_000_000),
        lambda payload: payload["challenge"]["parameters"].update(cost=2),
        lambda payload: payload["challenge"]["parameters"].pop("keySignature"),
        lambda payload: payload["challenge"]["parameters"].pop("expiresAt"),
        lambda payload: payload["challenge"].pop("signature"),
        lambda payload: payload["challenge"].update(signature=payload["challenge"]["signature"].upper()),
        lambda payload: payload["challenge"].update(signature=["x"]),
        lambda payload: payload["challenge"].update(parameters=[]),
        lambda payload: payload["challenge"]["parameters"].update(data={"__proto__": 1}),
        lambda payload: payload.update(solution="x"),
        lambda payload: payload.clear(),
    ],
)
def test_what_was_changed_does_not_count(browser: Browser, change: Any) -> None:
    assert code_of(begin(browser, "SignIn", changed(fresh_token(browser), change))) == FAILED


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "e30=",
        "W10=",
        "\u00e9\u0600",
        base64.b64encode(b"[" * 9_000).decode(),
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b'{"challenge":' + b'{"a":' * 2_400).decode(),
        base64.b64encode(json.dumps({"challenge": None, "solution": None}).encode()).decode(),
    ],
)
def test_nonsense_does_not_count(browser: Browser, token: str) -> None:
    assert code_of(begin(browser, "SignIn", token)) == FAILED


@pytest.mark.parametrize("token", ["", "x" * 16_385, 1, ["x"], {"a": "b"}])
def test_a_token_is_a_text_of_some_length(browser: Browser, token: Any) -> None:
    assert code_of(begin(browser, "SignIn", token)) == (400, "guard.invalid_input")


def test_a_challenge_expires(browser: Browser) -> None:
    token = fresh_token(browser)
    with time_machine.travel(now() + proof_of_work.LIFETIME + timedelta(seconds=1)):
        assert code_of(begin(browser, "SignIn", token)) == FAILED


def test_a_challenge_is_of_its_tenant(browser: Browser, tenants: dict[str, Tenant]) -> None:
    """Every tenant signs with a key of its own; another one's solutions are worth nothing."""
    with enter_tenant("acme"):
        put_captcha_provider(PROOF_OF_WORK, actor=SYSTEM)
    challenge = Client(HTTP_HOST="acme.localhost:8000").get(ADDRESS).json()
    assert code_of(begin(browser, "SignIn", solved(challenge))) == FAILED


def test_an_unsigned_challenge_is_not_ours(browser: Browser) -> None:
    easy = create_challenge("PBKDF2/SHA-256", 1, counter=0, hmac_secret="guess", hmac_key_secret="guess")
    assert code_of(begin(browser, "SignIn", solved(easy.to_dict()))) == FAILED


def test_another_difficulty_keeps_the_key(browser: Browser) -> None:
    """Who is signing in at the moment is not turned away by a change of the difficulty."""
    token = fresh_token(browser)
    put_captcha_provider({"type": "ProofOfWork", "difficulty": "high"}, actor=SYSTEM)
    assert begin(browser, "SignIn", token) == (204, None)


def test_challenges_and_tokens_are_counted_by_address(browser: Browser, settings: Any) -> None:
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = "2/minute"
    rate_limits.forget()
    assert [browser.client.get(ADDRESS).status_code for _ in range(3)] == [200, 200, 429]
    assert [begin(browser, "SignIn", "x")[0] for _ in range(3)] == [422, 422, 429]
