"""The people and applications of `tests.oidc.authorization.people`."""

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
