"""Authorization requests that clients push (RFC 9126): kept until their user comes with the reference, once."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection

from common.clock import now
from common.crypto import sha256_hex
from common.ids import new_token
from oidc.clients import Client
from oidc.models import PushedAuthorizationRequest
from tenants.context import current_tenant_id

URI_PREFIX = "urn:ietf:params:oauth:request_uri:"
LIFETIME = timedelta(seconds=60)

_TAKE = """
DELETE FROM oidc_pushedauthorizationrequest
WHERE uri_sha256 = %s AND tenant_id = %s AND application_id = %s AND parameters->>'client_id' = %s
  AND expires_at > %s
RETURNING parameters"""


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


def take_pushed(uri: str, *, client: Client) -> Mapping[str, Any] | None:
    """Return the parameters behind a reference; one caller gets them, once. 1 statement.

    `None` for a reference that is unknown, has expired or is another client's; that one stays good for its client.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [sha256_hex(uri), current_tenant_id(), client.application_id, client.id, now()])
        row = cursor.fetchone()
    if row is None:
        return None
    found: Mapping[str, Any] = json.loads(row[0])
    return found
