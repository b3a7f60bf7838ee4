"""The form of an application: the parts of its metadata as fields of their own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from access.models import RoleType
from access.selectors import list_roles
from console.admin.fields import JsonObjectField, LinesField, PickField, number, switch, text
from console.admin.service_errors import ServiceForm
from oidc.models import Application
from oidc.selectors import list_application_roles

# Form field -> member of the wire's objects.
_OIDC = {"redirect_uris_": "redirectUris", "post_logout_uris": "postLogoutRedirectUris"}
_CUSTOM = {
    "cors_origins": "corsAllowedOrigins",
    "always_issue_refresh_token": "alwaysIssueRefreshToken",
    "rotate_refresh_token": "rotateRefreshToken",
    "refresh_token_days": "refreshTokenTtlInDays",
    "id_token_ttl": "idTokenTtl",
}
_DEFAULTS = {"rotate_refresh_token": True, "always_issue_refresh_token": False}

ERROR_FIELDS = {
    "oidcClientMetadata.redirectUris": "redirect_uris_",
    "oidcClientMetadata.postLogoutRedirectUris": "post_logout_uris",
    "customClientMetadata.corsAllowedOrigins": "cors_origins",
    "customClientMetadata.refreshTokenTtlInDays": "refresh_token_days",
    "customClientMetadata.idTokenTtl": "id_token_ttl",
    "application.invalid_role_type": "role_ids",
}


class ApplicationForm(ServiceForm):
    """Every type's form; the area shows the fields that mean something for the type."""

    name = text(label=_("Name"), required=True, max_length=256)
    description = text(label=_("Description"))
    redirect_uris_ = LinesField(
        label=_("Redirect URIs"),
        placeholder="https://app.example.com/callback",
        help_text=_("Where users come back to after signing in. One a line, matched exactly."),
    )
    post_logout_uris = LinesField(
        label=_("Post sign-out redirect URIs"),
        placeholder="https://app.example.com/",
        help_text=_("Where users may be sent after signing out. One a line."),
    )
    cors_origins = LinesField(
        label=_("CORS allowed origins"),
        placeholder="https://app.example.com",
        help_text=_("Further origins that may call the provider from a browser. Those of redirect URIs may anyway."),
    )
    always_issue_refresh_token = switch(
        label=_("Always issue a refresh token"),
        help_text=_("Also where the client does not ask for offline_access."),
    )
    rotate_refresh_token = switch(
        label=_("Rotate refresh tokens"), help_text=_("Each use returns a new one and ends the old.")
    )
    refresh_token_days = number(
        label=_("Refresh token lifetime"), help_text=_("Days, 1 to 180; 14 by default."), minimum=1
    )
    id_token_ttl = number(label=_("ID token lifetime"), help_text=_("Seconds; 3600 by default."), minimum=1)
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
            initial |= {field: instance.oidc_client_metadata.get(name, []) for field, name in _OIDC.items()}
            custom = instance.custom_client_metadata
            initial |= {field: custom[name] for field, name in _CUSTOM.items() if name in custom}
            initial["role_ids"] = [role.id for role in list_application_roles(instance)]
        super().__init__(*args, **{**options, "initial": {**initial, **(options.get("initial") or {})}})
        if "role_ids" in self.fields:
            roles = list_roles(type=RoleType.MACHINE_TO_MACHINE)
            self.fields["role_ids"].choices = [(role.id, role.name) for role in roles]  # type: ignore[attr-defined]

    def metadata(self, stored: Application | None = None) -> dict[str, dict[str, Any]]:
        """Return the two objects of the wire with the form's values in them; what has no field stays."""
        oidc = dict(stored.oidc_client_metadata) if stored else {}
        custom = dict(stored.custom_client_metadata) if stored else {}
        for names, target in ((_OIDC, oidc), (_CUSTOM, custom)):
            target |= {name: self.cleaned_data[field] for field, name in names.items() if field in self.cleaned_data}
        return {
            "oidc_client_metadata": oidc,
            "custom_client_metadata": {name: value for name, value in custom.items() if value is not None},
        }
