"""One request to the token endpoint on its way through the checks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from oidc.bodies import Form
from oidc.callers import Caller
from oidc.clients import Client
from oidc.errors import OAuthError, invalid_grant
from oidc.hot import Credential


@dataclass(frozen=True, slots=True)
class Target:
    """What the access token is for: `audience` is `None` for an opaque one, `lifetime` in seconds."""

    audience: str | None
    scopes: tuple[str, ...]
    lifetime: int
    organization_id: str | None = None


@dataclass(slots=True)
class Exchange:
    """What the checks know so far; each adds its finding.

    `client`, `credential` and the like are what `oidc.validator` calls a request's.
    """

    form: Form
    issuer: str
    moment: datetime
    client: Client
    secret_name: str | None = None
    credential: Credential | None = None
    scopes: tuple[str, ...] = ()
    organization_scopes: tuple[str, ...] = ()
    target: Target | None = None
    # For the audit log.
    token_types: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """Begin the exchange that a client calls for."""
        return cls(caller.form, caller.issuer, caller.moment, caller.client, caller.secret_name)

    @property
    def organization_id(self) -> str | None:
        return self.form.get("organization_id") or None

    @property
    def source(self) -> Credential:
        """The code or refresh token that is exchanged."""
        if self.credential is None:
            raise invalid_grant("nothing to exchange")
        return self.credential

    @property
    def user_id(self) -> str:
        return self.source.standing.user_id

    @property
    def resolved_target(self) -> Target:
        if self.target is None:
            raise invalid_grant("no target")
        return self.target

    def audit_details(self) -> dict[str, Any]:
        """Return what the audit log says about the exchange, without any secret."""
        names = ("grant_type", "scope", "organization_id", "redirect_uri")
        parameters: dict[str, Any] = {name: self.form.get(name)[:512] for name in names if self.form.get(name)}
        if self.form.resources:
            parameters["resource"] = [resource[:512] for resource in self.form.resources[:10]]
        details: dict[str, Any] = {"params": parameters}
        if self.secret_name is not None:
            details["applicationSecret"] = {"name": self.secret_name}
        if self.credential is not None:
            details["grantId"] = self.credential.standing.grant_id
            details["sessionId"] = self.credential.session_id
        if self.token_types:
            details["tokenTypes"] = self.token_types
            details["scope"] = " ".join(self.resolved_target.scopes)
        return details


class Replayed(OAuthError):
    """A code or refresh token came a second time: it may be stolen, so everything of its grant is to be revoked."""

    def __init__(self, grant_id: str, reason: str) -> None:
        refusal = invalid_grant(reason)
        super().__init__(refusal.error, refusal.description, reason=reason)
        self.grant_id = grant_id
