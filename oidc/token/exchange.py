"""One request to the token endpoint on its way through the checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from access.models import TokenHeaderType
from applications.clients import Client
from common.ids import new_id
from common.oauth.bodies import Form
from common.oauth.errors import OAuthError, invalid_grant
from oidc.claims.protected_resources import canonical_resources
from oidc.client_authentication.callers import Caller
from oidc.credentials.stored import Credential
from oidc.token.subjects import Subject
from oidc.token.token_ids import join_token_id
from tenants.database.statements import NewRow


@dataclass(frozen=True, slots=True)
class Target:
    """What the access token is for: `audience` is `None` for an opaque one, `lifetime` in seconds.

    `header_type` is the JWT's `typ`.
    """

    audience: str | None
    scopes: tuple[str, ...]
    lifetime: int
    organization_id: str | None = None
    header_type: str = TokenHeaderType.AT_JWT


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
    # The host that was asked, under which the provider's own APIs have addresses.
    origin: str = ""
    credential: Credential | None = None
    # What a token exchange has in its place: the user, who acts for them, and the claim that says so.
    subject: Subject | None = None
    act: dict[str, Any] | None = None
    # The key that the client has proven to hold (RFC 9449).
    dpop_jkt: str = ""
    scopes: tuple[str, ...] = ()
    organization_scopes: tuple[str, ...] = ()
    # The organization that the user signed in to and still belongs to.
    signed_in_to: str = ""
    target: Target | None = None
    # Names the access token if it is a JWT; and what the tenant's script adds to its claims.
    token_id: str = field(default_factory=new_id)
    custom_claims: Mapping[str, Any] = field(default_factory=dict)
    # What is written when the exchange succeeds, together or not at all.
    rows: list[NewRow] = field(default_factory=list)
    # For the audit log.
    token_types: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """Begin the exchange that a client calls for."""
        resources = canonical_resources(caller.form.resources, origin=caller.origin)
        form = caller.form if resources == caller.form.resources else replace(caller.form, resources=resources)
        return cls(form, caller.issuer, caller.moment, caller.client, caller.secret_name, caller.origin)

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
    def known_user_id(self) -> str | None:
        """The user, once it is known who that is."""
        if self.subject is not None:
            return self.subject.user_id
        return None if self.credential is None else self.credential.state.user_id

    @property
    def grant_id(self) -> str:
        """The grant that is exchanged, empty if there is none."""
        return "" if self.credential is None else self.credential.state.grant_id

    @property
    def jti(self) -> str:
        """The access token's `jti` if it is a JWT: it has no row, so this says from which grant it comes."""
        return join_token_id(self.grant_id, self.token_id)

    @property
    def user_id(self) -> str:
        if self.known_user_id is None:
            raise invalid_grant("nothing to exchange")
        return self.known_user_id

    @property
    def resolved_target(self) -> Target:
        if self.target is None:
            raise invalid_grant("no target")
        return self.target

    def audit_details(self) -> dict[str, Any]:
        """Return what the audit log says about the exchange, without any secret."""
        names = (
            "grant_type",
            "scope",
            "audience",
            "organization_id",
            "redirect_uri",
            "requested_token_type",
            "subject_token_type",
            "actor_token_type",
        )
        parameters: dict[str, Any] = {name: self.form.get(name)[:512] for name in names if self.form.get(name)}
        if self.form.resources:
            parameters["resource"] = [resource[:512] for resource in self.form.resources[:10]]
        details: dict[str, Any] = {"params": parameters}
        if self.secret_name is not None:
            details["applicationSecret"] = {"name": self.secret_name}
        if self.credential is not None:
            details["grantId"] = self.credential.state.grant_id
            details["sessionId"] = self.credential.session_id
        if self.subject is not None:
            details["impersonated"] = dict(self.subject.origin)
        if self.act is not None:
            details["act"] = self.act
        if self.token_types:
            details["tokenTypes"] = self.token_types
            details["scope"] = " ".join(self.resolved_target.scopes)
        return details


class ReplayError(OAuthError):
    """A code or refresh token came a second time: it may be stolen, so everything of its grant is to be revoked."""

    def __init__(self, grant_id: str, reason: str) -> None:
        refusal = invalid_grant(reason)
        super().__init__(refusal.error, refusal.description, reason=reason)
        self.grant_id = grant_id
