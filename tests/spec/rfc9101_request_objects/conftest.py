"""The people and applications of `tests.oidc.authorization.people`, and applications that sign their requests."""

from tests.oidc.authorization.people import (  # noqa: F401
    acme_spa,
    alice,
    bob,
    browser,
    documents,
    make_application,
    mallory,
    native,
    spa,
    web,
)
from tests.spec.rfc9101_request_objects.signer import key, signer, strict  # noqa: F401
