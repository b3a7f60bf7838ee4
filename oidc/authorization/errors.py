"""What only the authorization endpoint refuses."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare
from common.oauth.errors import OAuthError

declare({"session.not_found": (400, _("The sign-in session was not found. Go back and start again."))})


def session_not_found(description: str = "authorization session not found") -> OAuthError:
    """No request of this browser waits under this id, or no longer."""
    return OAuthError("invalid_request", description, code="session.not_found")


def login_required(description: str = "End-User authentication is required") -> OAuthError:
    """`prompt=none`, but the user has to sign in (OpenID Connect Core section 3.1.2.6)."""
    return OAuthError("login_required", description)


def unmet_authentication_requirements(
    description: str = "the requested authentication context class was not reached",
) -> OAuthError:
    """The user cannot sign in as strongly as is the condition (OpenID Connect Core Error Code of this name)."""
    return OAuthError("unmet_authentication_requirements", description)


def consent_required() -> OAuthError:
    """`prompt=none`, but the application asks for scopes that it was not granted."""
    return OAuthError("consent_required", "requested scopes not granted")


def interaction_required() -> OAuthError:
    """`prompt=none` from a native client, which anyone on the device may impersonate (RFC 8252 section 8.6)."""
    return OAuthError("interaction_required", "native clients require End-User interaction")


def nothing_granted() -> OAuthError:
    """None of the requested scopes can be had (RFC 6749 section 4.1.2.1)."""
    return OAuthError("access_denied", "none of the requested scopes was granted")
