"""The suite's client, and a user of whom every standard claim is known."""

from tests.spec.conformance import *  # noqa: F403
