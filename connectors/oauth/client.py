"""The authorization code flow from the client's side (RFC 6749 section 4.1) with PKCE (RFC 7636), on Authlib."""

import base64
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, quote_plus, urlencode

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import ClientSecretJWT

from common.crypto import base64url
from common.errors import AppError
from connectors.oauth.calls import provider_error
from connectors.oauth.transport import CheckedTransport
from connectors.provider_sign_in import TokenSet

Authentication = Literal["client_secret_basic", "client_secret_post", "client_secret_jwt", "none"]
SecretJwtAlgorithm = Literal["HS256", "HS384", "HS512"]

# `invalid_grant` is the standard's; GitHub and Slack have words of their own.
_CODE_REFUSED = ("invalid_grant", "bad_verification_code", "invalid_code")

_LONGEST_TOKEN = 32_768
_LONGEST_SCOPE = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """Who we are to a provider: the client that a developer has registered there."""

    client_id: str
    client_secret: str = ""
    authentication: Authentication = "client_secret_post"
    secret_jwt_algorithm: SecretJwtAlgorithm = "HS256"
    scope: str = ""
    scope_separator: str = " "


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What a token endpoint has issued; `raw` is its whole answer, for what a provider adds to the standard."""

    tokens: TokenSet
    raw: Mapping[str, Any]


def _encode_basic(auth: Any, _method: str, uri: str, headers: dict[str, str], body: Any) -> tuple[str, Any, Any]:
    """Id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1); Authlib's own does not."""
    credentials = f"{quote_plus(auth.client_id)}:{quote_plus(auth.client_secret or '')}"
    headers["Authorization"] = f"Basic {base64.b64encode(credentials.encode()).decode()}"
    return uri, headers, body


def _session(client: OAuthClient, *, endpoint: str = "", redirect_uri: str = "") -> OAuth2Client:
    session = OAuth2Client(
        client_id=client.client_id,
        client_secret=client.client_secret,
        token_endpoint_auth_method=client.authentication,
        redirect_uri=redirect_uri or None,
        code_challenge_method="S256",
        transport=CheckedTransport(),
        follow_redirects=False,
        trust_env=False,
    )
    session.register_client_auth_method(("client_secret_basic", _encode_basic))
    session.register_client_auth_method(ClientSecretJWT(endpoint, alg=client.secret_jwt_algorithm))
    return session


def new_code_verifier() -> str:
    """Return a verifier of 256 bits (RFC 7636 section 4.1)."""
    return base64url(secrets.token_bytes(32))


def authorization_url(
    endpoint: str,
    client: OAuthClient,
    *,
    redirect_uri: str,
    state: str,
    code_verifier: str = "",
    response_type: str = "code",
    **parameters: str,
) -> str:
    """Return where the browser is sent (RFC 6749 section 4.1.1); a parameter without a value is left out."""
    scope = client.scope_separator.join(client.scope.split())
    with _session(client, redirect_uri=redirect_uri) as session:
        url, _ = session.create_authorization_url(
            endpoint,
            state=state,
            code_verifier=code_verifier or None,
            response_type=response_type,
            scope=scope or None,
            **{name: value for name, value in parameters.items() if value},
        )
    return str(url)


def exchange_code(
    endpoint: str,
    client: OAuthClient,
    *,
    code: str,
    redirect_uri: str,
    code_verifier: str = "",
    **parameters: str,
) -> TokenAnswer:
    """Exchange an authorization code for tokens (RFC 6749 section 4.1.3).

    Raises `connector.social_auth_code_invalid` if the provider does not take the code, `connector.authorization_failed`
    if it refuses for another reason, `connector.general` if it fails, `connector.invalid_response`.
    """
    if code_verifier:
        parameters["code_verifier"] = code_verifier

    def send(session: OAuth2Client) -> Any:
        # Authlib keeps some names for itself, such as `state`; what the body has, it sends.
        return session.fetch_token(endpoint, body=urlencode(parameters), grant_type="authorization_code", code=code)

    return _ask(endpoint, client, send, redirect_uri=redirect_uri)


def refresh_tokens(endpoint: str, client: OAuthClient, refresh_token: str) -> TokenAnswer:
    """Exchange a refresh token for new tokens (RFC 6749 section 6); the old one stays if no other comes.

    Raises as `exchange_code` does.
    """

    def send(session: OAuth2Client) -> Any:
        return session.refresh_token(endpoint, refresh_token=refresh_token)

    return _ask(endpoint, client, send)


def _ask(
    endpoint: str, client: OAuthClient, send: Callable[[OAuth2Client], Any], *, redirect_uri: str = ""
) -> TokenAnswer:
    with _session(client, endpoint=endpoint, redirect_uri=redirect_uri) as session:
        session.register_compliance_hook("access_token_response", _as_json)
        session.register_compliance_hook("refresh_token_response", _as_json)
        try:
            answer = dict(send(session))
        except OAuthError as error:
            refusal = {"error": error.error, "error_description": error.description}
            if error.error in _CODE_REFUSED:
                raise provider_error("connector.social_auth_code_invalid", refusal) from error
            raise provider_error("connector.authorization_failed", refusal) from error
        except httpx.HTTPError as error:
            raise AppError("connector.general") from error
        except (ValueError, TypeError, OverflowError, AttributeError, RecursionError) as error:
            # What is not of the type that Authlib relies upon.
            raise AppError("connector.invalid_response") from error
    return TokenAnswer(read_token_set(answer), answer)


def _as_json(answer: httpx.Response) -> httpx.Response:
    """Some providers answer in the form of a query string, whatever they are asked for, and say that it is text."""
    text = answer.text.strip()
    if text.startswith(("{", "[")) or "=" not in text or "<" in text:
        return answer
    with suppress(ValueError):
        return httpx.Response(answer.status_code, json=dict(parse_qsl(text, max_num_fields=50)), request=answer.request)
    return answer


def read_token_set(answer: Mapping[str, Any]) -> TokenSet:
    """Return the tokens of a token endpoint's answer; raises `connector.invalid_response` if it has none."""
    access_token = _text(answer.get("access_token"), _LONGEST_TOKEN)
    if not access_token:
        raise AppError("connector.invalid_response")
    scope = answer.get("scope")
    if isinstance(scope, Sequence) and not isinstance(scope, str):
        scope = " ".join(part for part in scope if isinstance(part, str))
    return TokenSet(
        access_token=access_token,
        refresh_token=_text(answer.get("refresh_token"), _LONGEST_TOKEN),
        id_token=_text(answer.get("id_token"), _LONGEST_TOKEN),
        token_type=_text(answer.get("token_type"), 64),
        scope=_text(scope, _LONGEST_SCOPE),
        expires_at=_expires_at(answer.get("expires_in")),
    )


def _text(value: Any, longest: int) -> str | None:
    # Both printable: RFC 6749 appendix A. A column takes no NUL.
    return value if isinstance(value, str) and 0 < len(value) <= longest and value.isprintable() else None


def _expires_at(expires_in: Any) -> int | None:
    with suppress(TypeError, ValueError, OverflowError):
        seconds = int(expires_in)
        if not isinstance(expires_in, bool) and 0 < seconds < 2**31:
            return int(time.time()) + seconds
    return None
