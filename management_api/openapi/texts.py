"""What the documents say besides their operations: titles, security, and the operations of plain Django views."""

from dataclasses import dataclass, field
from typing import Any

# Stands for the tenant's own origin, which takes its place in what is served.
ORIGIN = "https://tenant.example.com"
VERSION = "1.0.0"

_CLIENT_CREDENTIALS = {
    "type": "oauth2",
    "description": "An access token for the tenant's Management API with the scope `all`, got by a machine-to-machine "
    "application (`grant_type=client_credentials`, `resource=<the API's indicator>`, `scope=all`).",
    "flows": {
        "clientCredentials": {"tokenUrl": f"{ORIGIN}/oidc/token", "scopes": {"all": "Everything in the tenant."}}
    },
}
_OPAQUE_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "The opaque access token of a signed-in user, got without a `resource`.",
}
_JOURNEY_COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": "_interaction",
    "description": "The signed cookie of the journey that an authorization request began.",
}
_TAGS = {
    ".well-known": "Well-known",
    "account-center": "Account center",
    "cimd": "CIMD",
    "logs": "Audit logs",
    "saml": "SAML applications auth flow",
    "saml-applications": "SAML applications",
    "sign-in-exp": "Sign-in experience",
    "sso-connectors": "SSO connectors",
    "sso-connector-providers": "SSO connector providers",
    "one-time-tokens": "One-time tokens",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Document:
    """One document: which paths are in it, and what it says of itself."""

    name: str
    title: str
    description: str
    # Regular expressions of the beginnings of paths.
    paths: tuple[str, ...]
    security_schemes: dict[str, Any]
    security: list[dict[str, list[str]]]
    tags: dict[str, str] = field(default_factory=lambda: _TAGS)
    version: str = VERSION


_ACCOUNT_PATHS = r"/api/(?:my-account|verifications)"
_EXPERIENCE_PATHS = r"/api/(?:experience|interaction)(?:/|$)"

MANAGEMENT = Document(
    name="management",
    title="Management API",
    description="A backend's way to everything that a developer can do in the console.",
    paths=(rf"(?!{_ACCOUNT_PATHS}|{_EXPERIENCE_PATHS})/api/", r"/\.well-known/webauthn"),
    security_schemes={"ManagementApi": _CLIENT_CREDENTIALS},
    security=[{"ManagementApi": ["all"]}],
)
EXPERIENCE = Document(
    name="experience",
    title="Experience API",
    description="What a sign-in page does with a journey: identify, verify, bind factors, submit.",
    paths=(_EXPERIENCE_PATHS,),
    security_schemes={"Journey": _JOURNEY_COOKIE},
    security=[{"Journey": []}],
)
USER = Document(
    name="user",
    title="Account API",
    description="A signed-in user's way to the own account.",
    paths=(_ACCOUNT_PATHS,),
    security_schemes={"AccessToken": _OPAQUE_TOKEN},
    security=[{"AccessToken": []}],
)
DOCUMENTS = (MANAGEMENT, EXPERIENCE, USER)
