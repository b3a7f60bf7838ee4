"""The people and applications of `tests.oidc.tokens.fixtures`, and a browser."""

from tests.oidc.authorization.people import acme_spa, browser  # noqa: F401
from tests.oidc.tokens.fixtures import (  # noqa: F401
    admin_role,
    alice,
    api,
    bob,
    machine,
    mallory,
    member_role,
    native,
    spa,
    traditional,
    wayne,
)
