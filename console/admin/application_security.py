"""What an application asks for above the ordinary: how it authenticates, and what it insists on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.client_security import FAPI_PROFILE, ID_TOKEN_ALGORITHMS, OPENID_PROFILE, PRIVATE_KEY_JWT
from applications.metadata_shape import CUSTOM_CLIENT_METADATA
from console.admin.fields import JsonField, text
from console.admin.setting_fields import field_of

# Form field -> member of `customClientMetadata`; each is left out where it is off.
SECURITY_MEMBERS = {
    "authentication": "tokenEndpointAuthMethod",
    "jwks": "jwks",
    "jwks_uri": "jwksUri",
    "require_pushed": "requirePushedAuthorizationRequests",
    "require_signed": "requireSignedRequestObject",
    "jwt_responses": "allowJwtResponseModes",
    "require_dpop": "requireDpop",
    "authentication_claims": "authenticationClaims",
    "profile": "protocolProfile",
    "id_token_algorithm": "idTokenSignedResponseAlg",
}
SECURITY_ERROR_FIELDS = {f"customClientMetadata.{member}": field for field, member in SECURITY_MEMBERS.items()}


def _member(field: str, **options: Any) -> Any:
    """Return the control of a member, by the name of its field."""
    return field_of(CUSTOM_CLIENT_METADATA.at(SECURITY_MEMBERS[field]), **options)


class SecurityFields(forms.Form):
    """The settings of client security; a form of applications adds them to its own."""

    authentication = _member(
        "authentication",
        required=False,
        label=_("Authenticates with"),
        choices=[("", _("A secret")), (PRIVATE_KEY_JWT, _("A signed assertion (private_key_jwt)"))],
        help_text=_("With signed assertions the application's secrets no longer work."),
    )
    jwks_uri = text(
        label=_("Address of its public keys"),
        placeholder="https://app.example.com/jwks.json",
        help_text=_("A JWK set; either its address or the keys themselves."),
    )
    jwks = JsonField(label=_("Public keys"), help_text=_("A JWK set."), required=False)
    require_pushed = _member(
        "require_pushed",
        label=_("Require pushed authorization requests"),
        help_text=_("The application sends its requests to Gatehouse before the browser goes there (RFC 9126)."),
    )
    require_signed = _member(
        "require_signed",
        label=_("Require signed authorization requests"),
        help_text=_("Every request is a JWT that one of the application's keys has signed (RFC 9101)."),
    )
    jwt_responses = _member(
        "jwt_responses",
        label=_("Allow signed answers"),
        help_text=_("The application may ask for the authorization response as a JWT (JARM)."),
    )
    id_token_algorithm = _member(
        "id_token_algorithm",
        required=False,
        label=_("ID token signature"),
        choices=[("", _("The tenant's default key")), *((name, name) for name in ID_TOKEN_ALGORITHMS)],
        help_text=_(
            "RS256 is what any OpenID Connect library expects unless it is told otherwise; Logto SDKs take either. "
            "Logout tokens follow."
        ),
    )
    require_dpop = _member(
        "require_dpop",
        label=_("Require DPoP"),
        help_text=_("Every token is bound to a key of the application (RFC 9449)."),
    )
    authentication_claims = _member(
        "authentication_claims",
        label=_("Tell how users signed in"),
        help_text=_("Tokens carry auth_time, acr and amr: an API can ask for a fresh sign-in (RFC 9470)."),
    )
    profile = _member(
        "profile",
        required=False,
        label=_("Protocol profile"),
        choices=[
            ("", _("Ordinary")),
            (OPENID_PROFILE, _("strict OpenID Connect")),
            (FAPI_PROFILE, _("FAPI 2.0 Security Profile")),
        ],
        help_text=_(
            "strict OpenID Connect: claims as certified clients expect them. FAPI 2.0: this too, and pushed "
            "requests and DPoP are required; it wants signed assertions and public keys below."
        ),
    )


def security_fields(*, is_confidential: bool, signs_people_in: bool) -> list[str]:
    """Return the fields that mean something for an application."""
    has_keys = is_confidential or signs_people_in
    is_machine = is_confidential and not signs_people_in
    return [
        "profile",
        *(["authentication"] if is_confidential else []),
        *(["jwks_uri", "jwks"] if has_keys else []),
        *(["id_token_algorithm"] if not is_machine else []),
        *(["require_pushed", "require_signed", "jwt_responses"] if signs_people_in else []),
        "require_dpop",
        *([] if is_machine else ["authentication_claims"]),
    ]
