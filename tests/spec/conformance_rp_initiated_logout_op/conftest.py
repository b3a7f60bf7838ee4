"""The suite's client, and a user of whom every standard claim is known."""

from tests.spec.conformance_basic_op.conftest import alice, party  # noqa: F401
