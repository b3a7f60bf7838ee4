"""Google One Tap: that a credential came to this browser. Pure.

Google's script posts the credential with a token that is also in a cookie (double submit). An application may show the
prompt itself and begin an authorization request with the credential, which is then kept in a cookie for a moment.
"""

from collections.abc import Mapping
from typing import Any

from common.crypto import equal
from common.errors import AppError
from oidc.authorization.parameters import GOOGLE_CREDENTIAL, Parameters
from oidc.models import AuthorizationRequest
from oidc.sessions.cookies import ONE_TAP_CREDENTIAL

_CSRF = "g_csrf_token"


def assert_credential_is_of_browser(data: Mapping[str, Any], cookies: Mapping[str, str]) -> None:
    """Raise `session.csrf_token_mismatch` or `session.google_one_tap.cookie_mismatch` unless it did."""
    if (token := data.get(_CSRF)) is not None:
        if not _is_same(token, cookies.get(_CSRF)):
            raise AppError("session.csrf_token_mismatch")
    elif not _is_same(data.get("credential"), cookies.get(ONE_TAP_CREDENTIAL)):
        raise AppError("session.google_one_tap.cookie_mismatch")


def find_credential(pending: AuthorizationRequest) -> str:
    """Return the credential that the application has sent with its authorization request, empty for none."""
    return Parameters.from_json(pending.parameters).get(GOOGLE_CREDENTIAL)


def _is_same(given: Any, held: str | None) -> bool:
    return isinstance(given, str) and bool(given) and held is not None and equal(given, held)
