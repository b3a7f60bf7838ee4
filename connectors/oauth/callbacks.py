"""What the browser comes back with from a provider, and whether it belongs to the sign-in that was started.

The checks of RFC 6749 section 10.12 (state), RFC 9207 (the issuer, against mix-up) and section 4.1.2.1 (errors).
"""

from collections.abc import Mapping
from typing import Any

from common.crypto import equal
from common.errors import AppError
from connectors.oauth.calls import provider_error
from connectors.oauth.discovery import TENANT_PLACE, AuthorizationServer

_LONGEST_CODE = 4096


def check_callback(data: Mapping[str, Any], session: Mapping[str, Any], server: AuthorizationServer) -> None:
    """Check what came back, whatever it brings: state, redirect address and issuer, and that it is no refusal.

    `data` has the parameters of the callback and `redirectUri`. A client that has compared the state itself may leave
    it out. Raises `connector.authorization_failed` with `data` `{error}`.
    """
    _check_same(data, session, "state", "invalid_state")
    _check_same(data, session, "redirectUri", "invalid_redirect_uri")
    _check_issuer(data.get("iss"), server)
    if data.get("error"):
        raise provider_error("connector.authorization_failed", data)


def read_code(
    data: Mapping[str, Any], session: Mapping[str, Any], server: AuthorizationServer, *, parameter: str = "code"
) -> str:
    """Return a callback's authorization code. Raises as `check_callback`, or `connector.social_auth_code_invalid`."""
    check_callback(data, session, server)
    code = data.get(parameter)
    if not isinstance(code, str) or not 0 < len(code) <= _LONGEST_CODE:
        raise AppError("connector.social_auth_code_invalid")
    return code


def _refuse(error: str) -> AppError:
    return AppError("connector.authorization_failed", data={"error": error})


def _check_same(data: Mapping[str, Any], session: Mapping[str, Any], name: str, error: str) -> None:
    value = data.get(name)
    if value is not None and not (isinstance(value, str) and equal(value, str(session.get(name, "")))):
        raise _refuse(error)


def _check_issuer(issuer: Any, server: AuthorizationServer) -> None:
    if not server.issuer:
        return
    if issuer is None:
        if server.announces_issuer:
            raise _refuse("invalid_issuer")
    elif not (isinstance(issuer, str) and _is_issuer(issuer, server.issuer)):
        raise _refuse("invalid_issuer")


def _is_issuer(issuer: str, expected: str) -> bool:
    """Which tenant stands in the place of Microsoft's template, the ID token tells."""
    before, place, after = expected.partition(TENANT_PLACE)
    return issuer == expected if not place else issuer.startswith(before) and issuer.endswith(after)
