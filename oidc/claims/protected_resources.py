"""The APIs of Gatehouse itself as protected resources: what a client must know to call them (RFC 9728).

Each is also a resource that tokens can be asked for by its address, so that a client which knows nothing else gets one:
the Management API's stands for its audience, and the Account API takes the tokens that are for no resource.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from access.management import MANAGEMENT_SCOPE, management_api_indicator
from access.selectors import find_resource_by_indicator
from applications.scopes import STATIC_SCOPES
from common.jose.public_keys import ALGORITHMS
from oidc.dpop.presenting import DPOP, challenge
from oidc.wire.conditional import conditional_json
from oidc.wire.machine_endpoint import machine_endpoint
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_request

MANAGEMENT_API = "/api"
ACCOUNT_API = "/api/my-account"

_WELL_KNOWN = "/.well-known/oauth-protected-resource"
_HEADERS = {"Cache-Control": "public, max-age=3600"}


@dataclass(frozen=True, slots=True)
class ProtectedResource:
    """One API: its name, the scopes to ask for, and the audience of its tokens, `None` for opaque ones."""

    name: str
    scopes: tuple[str, ...]
    audience: Callable[[], str | None]


RESOURCES = {
    MANAGEMENT_API: ProtectedResource(
        "Management API", (MANAGEMENT_SCOPE,), lambda: management_api_indicator(current_tenant_id())
    ),
    ACCOUNT_API: ProtectedResource("Account API", tuple(STATIC_SCOPES), lambda: None),
}


def canonical_resources(indicators: Sequence[str], *, origin: str) -> tuple[str, ...]:
    """Return requested resources with the APIs' addresses at this origin replaced by what their tokens are for.

    A resource that the tenant has registered under such an address is the tenant's.
    """
    if not any(indicator.startswith(origin) for indicator in indicators):
        return tuple(indicators)
    found: dict[str, None] = {}
    for indicator in indicators:
        own = RESOURCES.get(indicator.removeprefix(origin)) if indicator.startswith(origin) else None
        if own is None or find_resource_by_indicator(indicator):
            found[indicator] = None
        elif (audience := own.audience()) is not None:
            found[audience] = None
    return tuple(found)


def authenticate_header(request: HttpRequest, path: str) -> str:
    """Return the challenge of an API: where its metadata is, and the scheme that was used (RFC 9728 section 5.1)."""
    metadata = f'resource_metadata="{origin_of_request(request)}{_WELL_KNOWN}{path}"'
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    error = "invalid_token" if token else ""
    if scheme.lower() == DPOP:
        return f"{challenge(error)}, {metadata}"
    return f'Bearer error="{error}", {metadata}' if error else f"Bearer {metadata}"


def _metadata(origin: str, path: str, resource: ProtectedResource) -> dict[str, Any]:
    return {
        "resource": f"{origin}{path}",
        "authorization_servers": [issuer_of(origin)],
        "scopes_supported": list(resource.scopes),
        "bearer_methods_supported": ["header"],
        "resource_name": resource.name,
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
    }


def _metadata_view(path: str) -> Callable[[HttpRequest], HttpResponseBase]:
    resource = RESOURCES[path]

    @machine_endpoint("GET")
    def metadata(request: HttpRequest) -> HttpResponse:
        document = json.dumps(_metadata(origin_of_request(request), path, resource)).encode()
        return conditional_json(request, document, headers=_HEADERS)

    return metadata


management_api_metadata = _metadata_view(MANAGEMENT_API)
account_api_metadata = _metadata_view(ACCOUNT_API)
