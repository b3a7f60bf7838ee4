"""The people and applications of `tests.oidc.tokens.fixtures`."""

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
