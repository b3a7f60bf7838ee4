"""What an application asks for when it sends the user to sign out."""

from dataclasses import asdict, dataclass

from django.core import signing

from applications.client_lookup import get_client
from applications.redirect_uris import is_post_logout_redirect_uri_allowed
from common.crypto import equal
from common.oauth.bodies import Form
from common.oauth.errors import invalid_request
from oidc.keys.signing import verify_id_token_hint
from tenants.context import current_tenant_id

_CONFIRMATION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked request; `redirect_uri` is registered or empty, `subject` whom the hint names."""

    redirect_uri: str = ""
    state: str = ""
    subject: str = ""


def check_logout(form: Form, *, issuer: str) -> LogoutRequest:
    """Return the request (RP-Initiated Logout 1.0 section 2).

    Raises `invalid_request` for a hint that is not this issuer's, or another client's, and for a URI that the client
    has not registered; `invalid_client` for an unknown client. Without a client the URI is ignored.
    """
    client_id, subject = _client_and_subject(form, issuer)
    if not client_id:
        return LogoutRequest()
    client = get_client(client_id)
    redirect_uri = form.get("post_logout_redirect_uri")
    if not redirect_uri:
        return LogoutRequest(subject=subject)
    if not is_post_logout_redirect_uri_allowed(client, redirect_uri):
        raise invalid_request("post_logout_redirect_uri not registered")
    return LogoutRequest(redirect_uri, form.get("state"), subject)


def _client_and_subject(form: Form, issuer: str) -> tuple[str, str]:
    client_id, hint = form.get("client_id"), form.get("id_token_hint")
    if not hint:
        return client_id, ""
    claims = verify_id_token_hint(hint, issuer=issuer)
    if claims is None:
        raise invalid_request("could not validate id_token_hint")
    audience = str(claims.get("aud"))
    if client_id and client_id != audience:
        raise invalid_request("client_id mismatch")
    return audience, str(claims.get("sub"))


def _salt() -> str:
    return f"gatehouse.logout.{current_tenant_id()}"


def to_xsrf(request: LogoutRequest, *, session_sha256: str | None) -> str:
    """Return the request as the form's `xsrf`: it confirms this request, for the browser's present session."""
    return signing.dumps({**asdict(request), "session": session_sha256 or ""}, salt=_salt())


def from_xsrf(xsrf: str, *, session_sha256: str | None) -> LogoutRequest:
    """Return the request that a form confirms. Raises `invalid_request` for a form made for another session."""
    try:
        content = signing.loads(xsrf, salt=_salt(), max_age=_CONFIRMATION_SECONDS)
    except signing.BadSignature as error:
        raise invalid_request("xsrf token invalid") from error
    if not equal(content.pop("session"), session_sha256 or ""):
        raise invalid_request("xsrf token invalid")
    return LogoutRequest(**content)
