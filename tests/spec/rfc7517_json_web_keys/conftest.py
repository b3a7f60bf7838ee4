"""The people and applications of `tests.oidc.tokens.fixtures`."""

from tests.oidc.tokens.fixtures import admin_role, alice, api, spa, wayne  # noqa: F401
