"""The form of an application: the parts of its metadata as fields of their own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from access.models import RoleType
from access.selectors import list_roles
from applications.metadata_shape import CUSTOM_CLIENT_METADATA, OIDC_CLIENT_METADATA
from applications.models import Application
from applications.selectors import list_application_roles
from console.admin.application_access import AccessFields, initial_access
from console.admin.application_security import SECURITY_ERROR_FIELDS, SECURITY_MEMBERS, SecurityFields
from console.admin.application_third_party import ThirdPartyFields, initial_application_look, initial_third_party
from console.admin.fields import JsonObjectField, PickField, switch, text
from console.admin.look_fields import LOOK_ERROR_FIELDS
from console.admin.service_errors import ServiceForm
from console.admin.setting_fields import field_of

# Form field -> member of the wire's objects.
OIDC_FIELDS = {
    "redirect_uris_": "redirectUris",
    "post_logout_uris": "postLogoutRedirectUris",
    "backchannel_uri": "backchannelLogoutUri",
    "backchannel_session": "backchannelLogoutSessionRequired",
}
CUSTOM_FIELDS = {
    "cors_origins": "corsAllowedOrigins",
    "always_issue_refresh_token": "alwaysIssueRefreshToken",
    "rotate_refresh_token": "rotateRefreshToken",
    "refresh_token_days": "refreshTokenTtlInDays",
    "id_token_ttl": "idTokenTtl",
    "allow_token_exchange": "allowTokenExchange",
    "max_grants": "maxAllowedGrants",
    "device_flow": "isDeviceFlow",
    **SECURITY_MEMBERS,
}
# Members that are off where they are absent.
_OFF_IS_ABSENT = frozenset({"isDeviceFlow", *SECURITY_MEMBERS.values()})
# Of a new application: what any OpenID Connect library expects.
_DEFAULTS = {
    "rotate_refresh_token": True,
    "always_issue_refresh_token": False,
    "allow_token_exchange": False,
    "id_token_algorithm": "RS256",
}

ERROR_FIELDS = {
    "oidcClientMetadata.redirectUris": "redirect_uris_",
    "oidcClientMetadata.postLogoutRedirectUris": "post_logout_uris",
    "customClientMetadata.corsAllowedOrigins": "cors_origins",
    "customClientMetadata.refreshTokenTtlInDays": "refresh_token_days",
    "customClientMetadata.idTokenTtl": "id_token_ttl",
    "customClientMetadata.maxAllowedGrants": "max_grants",
    "oidcClientMetadata.backchannelLogoutUri": "backchannel_uri",
    "application.third_party_application_cannot_enable_token_exchange": "allow_token_exchange",
    "application.invalid_role_type": "role_ids",
    "application.invalid_third_party_application_type": "third_party",
    "application.device_flow_native_only": "device_flow",
    **SECURITY_ERROR_FIELDS,
    **LOOK_ERROR_FIELDS,
}


def _member(field: str, **options: Any) -> Any:
    """Return the control of a member of the metadata, by the name of its field."""
    shape = (
        OIDC_CLIENT_METADATA.at(OIDC_FIELDS[field])
        if field in OIDC_FIELDS
        else CUSTOM_CLIENT_METADATA.at(CUSTOM_FIELDS[field])
    )
    return field_of(shape, **options)


class ApplicationForm(AccessFields, SecurityFields, ThirdPartyFields, ServiceForm):
    """Every type's form; the area shows the fields that mean something for the type."""

    name = text(label=_("Name"), required=True, max_length=256)
    description = text(label=_("Description"))
    third_party = switch(
        label=_("Third-party application"),
        help_text=_("Somebody else runs it: users are asked what it may have. This never changes."),
    )
    device_flow = _member(
        "device_flow",
        label=_("Device flow (input-limited devices)"),
        help_text=_("Users sign in on another device with a code; no redirect URIs then. This never changes."),
    )
    redirect_uris_ = _member(
        "redirect_uris_",
        label=_("Redirect URIs"),
        placeholder="https://app.example.com/callback",
        help_text=_("Where users come back to after signing in. One a line, matched exactly."),
    )
    post_logout_uris = _member(
        "post_logout_uris",
        label=_("Post sign-out redirect URIs"),
        placeholder="https://app.example.com/",
        help_text=_("Where users may be sent after signing out. One a line."),
    )
    backchannel_uri = text(
        label=_("Back-channel logout URI"),
        placeholder="https://app.example.com/backchannel-logout",
        help_text=_("Told by Gatehouse itself when a user is signed out."),
    )
    backchannel_session = _member(
        "backchannel_session",
        label=_("Name the session"),
        help_text=_("ID tokens and logout tokens say which session they belong to."),
    )
    cors_origins = _member(
        "cors_origins",
        label=_("CORS allowed origins"),
        placeholder="https://app.example.com",
        help_text=_("Further origins that may call the provider from a browser. Those of redirect URIs may anyway."),
    )
    always_issue_refresh_token = _member(
        "always_issue_refresh_token",
        label=_("Always issue a refresh token"),
        help_text=_(
            "Otherwise the application asks for the scope offline_access with prompt=consent. A token that was issued "
            "without being asked for ends with the user's session."
        ),
    )
    rotate_refresh_token = _member(
        "rotate_refresh_token",
        label=_("Rotate refresh tokens"),
        help_text=_("Each use returns a new one and ends the old."),
    )
    refresh_token_days = _member(
        "refresh_token_days",
        label=_("Refresh token lifetime"),
        help_text=_("Days, 1 to 180; 14 by default."),
    )
    id_token_ttl = _member("id_token_ttl", label=_("ID token lifetime"), help_text=_("Seconds; 3600 by default."))
    allow_token_exchange = _member(
        "allow_token_exchange",
        label=_("Allow token exchange"),
        help_text=_("May turn a token that stands for a user into an access token of that user (RFC 8693)."),
    )
    max_grants = _member(
        "max_grants",
        label=_("Sign-ins kept"),
        help_text=_("How many sign-ins of one user the application keeps; the oldest end. No limit when empty."),
    )
    role_ids = PickField(
        label=_("Roles"), help_text=_("Machine-to-machine roles: what the application may do with your APIs.")
    )
    custom_data = JsonObjectField(label=_("Custom data"), help_text=_("A JSON object of your own."))

    class Meta:
        model = Application
        fields = ("name", "description", "custom_data")

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: Application | None = options.get("instance")
        initial: dict[str, Any] = dict(_DEFAULTS)
        if instance is not None:
            initial["id_token_algorithm"] = ""
            oidc = instance.oidc_client_metadata
            initial |= {field: oidc[name] for field, name in OIDC_FIELDS.items() if name in oidc}
            custom = instance.custom_client_metadata
            initial |= {field: custom[name] for field, name in CUSTOM_FIELDS.items() if name in custom}
            initial["role_ids"] = [role.id for role in list_application_roles(instance)]
            initial |= initial_access(instance)
            if instance.is_third_party:
                initial |= initial_third_party(instance)
            else:
                initial |= initial_application_look(instance)
        super().__init__(*args, **{**options, "initial": {**initial, **(options.get("initial") or {})}})
        if "role_ids" in self.fields:
            roles = list_roles(type=RoleType.MACHINE_TO_MACHINE)
            self.fields["role_ids"].choices = [(role.id, role.name) for role in roles]  # type: ignore[attr-defined]
        if "admitted_roles" in self.fields:
            self.offer_roles()
        if "consent_user_scopes" in self.fields:
            self.offer_permissions()

    def metadata(self, stored: Application | None = None) -> dict[str, dict[str, Any]]:
        """Return the two objects of the wire with the form's values in them; what has no field stays."""
        oidc = dict(stored.oidc_client_metadata) if stored else {}
        custom = dict(stored.custom_client_metadata) if stored else {}
        for names, target in ((OIDC_FIELDS, oidc), (CUSTOM_FIELDS, custom)):
            target |= {name: self.cleaned_data[field] for field, name in names.items() if field in self.cleaned_data}
        return {
            "oidc_client_metadata": {name: value for name, value in oidc.items() if value != ""},
            "custom_client_metadata": {
                name: value
                for name, value in custom.items()
                if value is not None and not (name in _OFF_IS_ABSENT and value in ("", False))
            },
        }
