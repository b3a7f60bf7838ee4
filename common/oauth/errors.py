"""What the provider refuses, and how (RFC 6749 section 5.2, RFC 6750 section 3.1, RFC 8707 section 2).

`OAuthError` is the `AppError` that knows its OAuth name. The functions below it are the refusals with a fixed status
and text, so that neither is written twice.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import AppError, declare


class OAuthError(AppError):
    """A failure under `/oidc`.

    `error` and `description` are the OAuth members and stay English; `code` and its localized message go next to them.
    `extra` are further members (`scope`), `headers` go on the answer, `reason` is for the audit log alone: an
    `invalid_grant` never tells the caller what was wrong.
    """

    def __init__(
        self,
        error: str,
        description: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(code or f"oidc.{error}", status=status)
        self.error = error
        self.description = description
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        self.reason = reason or description

    def as_oauth_body(self) -> dict[str, Any]:
        """Return the members of RFC 6749 section 5.2."""
        body: dict[str, Any] = {"error": self.error}
        if self.description is not None:
            body["error_description"] = self.description
        return body | self.extra


def invalid_request(description: str, *, status: int = 400) -> OAuthError:
    """The request is malformed."""
    return OAuthError("invalid_request", description, status=status)


def missing_parameter(name: str) -> OAuthError:
    """A required parameter is not there, or is empty."""
    return invalid_request(f"missing required parameter '{name}'")


def unknown_client(client_id: str) -> OAuthError:
    """There is no such client in this tenant."""
    return OAuthError("invalid_client", f"invalid client {client_id}", status=400)


def client_authentication_failed(*, challenge: bool, issuer: str = "", reason: str | None = None) -> OAuthError:
    """The client did not prove who it is; `challenge` where it tried by the Authorization header."""
    headers = {"WWW-Authenticate": f'Basic realm="{issuer}"'} if challenge else None
    return OAuthError("invalid_client", "client authentication failed", status=401, headers=headers, reason=reason)


def invalid_grant(reason: str) -> OAuthError:
    """The code, token or user is not good; why is only for the audit log."""
    return OAuthError("invalid_grant", "grant request is invalid", reason=reason)


def invalid_target(description: str = "resource indicator is missing, or unknown") -> OAuthError:
    """The resource cannot be had (RFC 8707 section 2)."""
    return OAuthError("invalid_target", description)


def invalid_token(issuer: str, *, reason: str) -> OAuthError:
    """The bearer token is not good (RFC 6750 section 3.1)."""
    challenge = f'Bearer realm="{issuer}", error="invalid_token", error_description="invalid token provided"'
    return OAuthError("invalid_token", "invalid token provided", headers={"WWW-Authenticate": challenge}, reason=reason)


def access_denied(description: str = "Access denied.", *, status: int = 400) -> OAuthError:
    """A policy of the application or the organization stands against it."""
    return OAuthError("access_denied", description, status=status)


def insufficient_scope(description: str, scope: str, *, headers: Mapping[str, str] | None = None) -> OAuthError:
    """The token lacks a scope that the request needs."""
    return OAuthError("insufficient_scope", description, extra={"scope": scope}, headers=headers)


# `oidc.invalid_request` is declared with the tenants' keys, which raise it too.
declare(
    {
        "jwt_customizer.can_not_create_for_admin_tenant": (422, _("Tenant admin cannot have custom token claims.")),
        "jwt_customizer.general": (422, _("The script for custom token claims failed.")),
        "oidc.aborted": (400, _("The sign-in was aborted.")),
        "oidc.access_denied": (400, _("Access is denied.")),
        "oidc.authorization_pending": (400, _("The user has not answered yet.")),
        "oidc.consent_required": (400, _("Consent is required.")),
        "oidc.expired_token": (400, _("The device code has expired.")),
        "oidc.insufficient_scope": (403, _("The token lacks a required scope.")),
        "oidc.interaction_required": (400, _("The user has to take part.")),
        "oidc.invalid_client": (401, _("The client is invalid.")),
        "oidc.invalid_dpop_proof": (400, _("The proof of possession is invalid.")),
        "oidc.invalid_grant": (400, _("The grant is invalid.")),
        "oidc.invalid_redirect_uri": (400, _("The redirect URI is not registered for this application.")),
        "oidc.invalid_request_object": (400, _("The signed request is invalid or was used before.")),
        "oidc.invalid_request_uri": (400, _("The pushed request is unknown, has expired or was used.")),
        "oidc.invalid_scope": (400, _("A scope is invalid.")),
        "oidc.invalid_target": (400, _("The resource indicator is invalid.")),
        "oidc.invalid_token": (401, _("The token is invalid.")),
        "oidc.login_required": (400, _("Signing in is required.")),
        "oidc.request_not_supported": (400, _("Request objects are not supported.")),
        "oidc.request_uri_not_supported": (400, _("Request URIs are not supported.")),
        "oidc.session_not_found": (404, _("There is no such session.")),
        "oidc.invalid_session_account_id": (404, _("This session is not the user's.")),
        "oidc.server_error": (500, _("Something went wrong on our side.")),
        "oidc.slow_down": (400, _("The device asks too often.")),
        "oidc.temporarily_unavailable": (429, _("Too much is going on. Try again in a minute.")),
        "oidc.invalid_client_metadata": (400, _("What the client says about itself cannot be accepted.")),
        "oidc.unauthorized_client": (400, _("The client may not do this.")),
        "oidc.unsupported_grant_type": (400, _("The grant type is not supported.")),
        "oidc.unsupported_response_mode": (400, _("The response mode is not supported.")),
        "oidc.unsupported_response_type": (400, _("The response type is not supported.")),
        "oidc.unsupported_token_type": (400, _("The token type is not supported.")),
    }
)
