"""Hashing that costs nothing, and no look-up of breached passwords."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def cheap_hashing(settings: Settings) -> None:
    settings.PASSWORD_ARGON2_TIME_COST = 1
    settings.PASSWORD_ARGON2_MEMORY_COST = 64
    settings.PASSWORD_ARGON2_PARALLELISM = 1
    settings.PASSWORD_HASH_CONCURRENCY = 2
    settings.PWNED_PASSWORDS_ENABLED = False
