"""Authorization requests that clients push (RFC 9126): kept for their user, who gets one code for the reference."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from applications.clients import Client
from common.clock import now
from common.crypto import sha256_hex
from common.ids import new_token
from oidc.keys.single_use import use_once
from oidc.models import PushedAuthorizationRequest
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_value

URI_PREFIX = "urn:ietf:params:oauth:request_uri:"
LIFETIME = timedelta(seconds=60)

# How long a used one is remembered: longer than a request waits at the pages.
_REMEMBERED = timedelta(days=1)

_FIND = """
SELECT parameters FROM oidc_pushedauthorizationrequest
WHERE uri_sha256 = %(digest)s AND tenant_id = %(tenant)s AND application_id = %(application)s
  AND parameters->>'client_id' = %(client)s AND expires_at > %(moment)s"""


def push_request(client: Client, *, parameters: Mapping[str, Any]) -> str:
    """Keep a validated request, which names its client, and return its `request_uri` (RFC 9126 2.2). 1 statement."""
    uri = f"{URI_PREFIX}{new_token()}"
    PushedAuthorizationRequest.objects.create(
        uri_sha256=sha256_hex(uri),
        application_id=client.application_id,
        parameters=dict(parameters),
        expires_at=now() + LIFETIME,
    )
    return uri


def find_pushed(uri: str, *, client: Client) -> Mapping[str, Any] | None:
    """Return the parameters behind a reference. 1 statement.

    `None` for a reference that is unknown, used, has expired or is another client's; its client may still use that one.
    """
    parameters = {
        "digest": sha256_hex(uri),
        "tenant": current_tenant_id(),
        "application": client.application_id,
        "client": client.id,
        "moment": now(),
    }
    return cast(Mapping[str, Any] | None, fetch_value(_FIND, parameters))


def consume_pushed(uri_sha256: str, *, client_id: str) -> bool:
    """Take a reference out of use and return whether this was the first time. 2 statements.

    Its user may have taken longer to sign in than the reference lives.
    """
    PushedAuthorizationRequest.objects.filter(uri_sha256=uri_sha256).delete()
    return use_once("pushed_request", owner=client_id, jti=uri_sha256, expires_at=now() + _REMEMBERED)
