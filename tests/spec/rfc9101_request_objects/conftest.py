"""The people and applications of `tests.oidc.authorization.fixtures`, and applications that sign their requests."""

from tests.oidc.authorization.fixtures import *  # noqa: F403
from tests.spec.rfc9101_request_objects.signer import key, signer, strict  # noqa: F401
