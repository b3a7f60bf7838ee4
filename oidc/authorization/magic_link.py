"""What a magic link brings into an authorization request: a one-time token, and the address that it was made for."""

from collections.abc import Mapping
from typing import NamedTuple

from identity.identifiers import normalize_email
from identity.models import User
from identity.services.one_time_tokens import has_used_one_time_token
from oidc.authorization.parameters import ONE_TIME_TOKEN, Parameters
from oidc.models import AuthorizationRequest
from oidc.wire.screens import has_valid_extras

#: Why a signed-in user is asked to sign in: `AuthorizationRequest.reasons`.
REASON = "one_time_token"


class MagicLink(NamedTuple):
    """The token with the email address (`login_hint`) that whoever sends the link says it is for."""

    email: str
    token: str

    def is_for(self, user: User) -> bool:
        """Whether the user has the link's address."""
        return normalize_email(user.primary_email or "") == normalize_email(self.email)


def link_in(parameters: Mapping[str, str]) -> MagicLink | None:
    """Return the link that a request brings; `None` if either part is missing, or the extras are ignored."""
    email, token = parameters.get("login_hint"), parameters.get(ONE_TIME_TOKEN)
    return MagicLink(email, token) if email and token and has_valid_extras(parameters) else None


def find_link(pending: AuthorizationRequest) -> MagicLink | None:
    """Return the link of a request that waits for its user."""
    return link_in(Parameters.from_json(pending.parameters).values)


def is_done(link: MagicLink, user: User) -> bool:
    """Whether the link has signed this very user in before, so that it asks for nothing more. At most 1 statement."""
    return link.is_for(user) and has_used_one_time_token(link.token, email=link.email)
