"""What went wrong between us and an identity provider, in the words of whoever sets it up."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import AppError
from common.saml.errors import SamlError
from console.admin.service_errors import explain

_REASONS: Mapping[str, str | Promise] = {
    # SAML
    "signature": gettext_lazy(
        "The response is not signed with a certificate of this identity provider, or not at all."
    ),
    "audience": gettext_lazy("The assertion is for another service provider: check the entity ID at the other side."),
    "recipient": gettext_lazy("The assertion is for another address: check the ACS address at the other side."),
    "expired": gettext_lazy("The assertion is not valid now: check the clocks of both sides."),
    "in_response_to": gettext_lazy("The response does not answer this request."),
    "issuer": gettext_lazy("Another identity provider has answered: check its entity ID."),
    "algorithm": gettext_lazy(
        "The response is signed or encrypted with an algorithm that is not accepted, such as SHA-1."
    ),
    "encryption": gettext_lazy("The assertion could not be decrypted with the keys of this connector."),
    "status": gettext_lazy("The identity provider has refused the sign-in."),
    "replayed": gettext_lazy("This response was used before."),
    "malformed": gettext_lazy("The response is no SAML response that could be understood."),
    "too_large": gettext_lazy("The response is too large."),
    "transient_name_id": gettext_lazy(
        "The NameID is another one at each sign-in. Choose a persistent one, or map the user ID."
    ),
    "id": gettext_lazy("The assertion has no user ID: check the attribute that it is taken from."),
    "metadata": gettext_lazy("What is at this address is no metadata of one SAML identity provider."),
    "no_redirect_binding": gettext_lazy("The identity provider has no sign-in by HTTP-Redirect."),
    "no_certificate": gettext_lazy("The metadata has no signing certificate that can be used."),
    # OpenID Connect; `issuer` is above.
    "authorization_endpoint": gettext_lazy("The metadata has no authorization endpoint."),
    "token_endpoint": gettext_lazy("The metadata has no token endpoint."),
    "jwks_uri": gettext_lazy("The metadata has no address of keys."),
    "keys": gettext_lazy("The identity provider’s keys could not be read."),
    "invalid_state": gettext_lazy("The answer belongs to another test. Start again."),
    "invalid_issuer": gettext_lazy("Another identity provider has answered."),
    "invalid_client": gettext_lazy("The identity provider does not accept the client ID with this secret."),
    "access_denied": gettext_lazy("The user, or the identity provider, has refused the sign-in."),
    "not_of_the_enterprise": gettext_lazy("The user is not of this connector’s domains."),
    "status 404": gettext_lazy("There is nothing at this address (404)."),
    # Codes
    "connector.timed_out": gettext_lazy("The identity provider takes too long to answer."),
    "connector.general": gettext_lazy("The identity provider cannot be reached."),
    "connector.social_auth_code_invalid": gettext_lazy("The identity provider does not accept the code."),
    "connector.social_invalid_id_token": gettext_lazy("The ID token is not valid."),
}
_SAID = ("errorDescription", "detail", "reason", "error")


def explain_failure(error: AppError) -> str:
    """Return what happened, and what the other side has said of it."""
    data: dict[str, Any] = error.data if isinstance(error.data, dict) else {}
    if data.get("issues"):
        return explain(error)
    keys = [data.get("error"), data.get("reason"), data.get("code"), error.code]
    known = next((key for key in keys if isinstance(key, str) and key in _REASONS), None)
    words = str(_REASONS[known]) if known else error.message
    details = [data[name] for name in _SAID if isinstance(data.get(name), str) and data[name] not in (known, "unknown")]
    if isinstance(error.__cause__, SamlError):
        details.insert(0, error.__cause__.detail)
    detail = next((each for each in details if each), "")
    return _("%(words)s (%(detail)s)") % {"words": words, "detail": detail} if detail else words
