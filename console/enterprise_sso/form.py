"""The form of an enterprise connector: its connection, how users meet it, and who may begin at its side."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from connectors.enterprise.branding import MAX_DISPLAY_NAME_LENGTH
from connectors.enterprise.provider import Provider, ProviderType
from connectors.enterprise.selectors import config_of
from connectors.models import SsoConnector
from connectors.token_storage import can_store_tokens
from console.admin.fields import JsonObjectField, LinesField, address, select, switch, text
from console.admin.search_field import SearchOneField
from console.admin.service_errors import ServiceForm
from console.enterprise_sso.fields import SOURCE, config_of_values, fields_of, initial_of, places_of
from experience.models import IdpInitiatedSignIn

EXPERIENCE = ("connector_name", "domains", "sync_profile", "enable_token_storage")
BRANDING = {"display_name": "displayName", "logo": "logo", "dark_logo": "darkLogo"}
STARTS = ("starts", "application", "redirect_uri", "auth_parameters", "client_callback_uri")
_SENT, _TOLD = "sent", "told"


class NewConnectorForm(ServiceForm):
    """What a new connector is called; everything else is set up on its page."""

    connector_name = text(
        label=_("Name"),
        required=True,
        max_length=128,
        placeholder="Initech",
        help_text=_("For you alone: usually the customer’s."),
    )

    class Meta:
        model = SsoConnector
        fields = ("connector_name",)


class SsoConnectorForm(ServiceForm):
    """What every connector has; the provider adds the fields of its configuration (`form_class`)."""

    provider: Provider

    connector_name = text(label=_("Name"), required=True, max_length=128, help_text=_("For you alone."))
    domains = LinesField(
        label=_("Email domains"),
        placeholder="initech.com",
        help_text=_(
            "Users with an address of these domains sign in here. One a line. "
            "Without any, the connector is offered nowhere."
        ),
    )
    sync_profile = switch(
        label=_("Sync profile at each sign-in"),
        help_text=_("Name and picture follow the identity provider. Otherwise they are taken over once."),
    )
    enable_token_storage = switch(
        label=_("Store tokens"),
        help_text=_("Keep the identity provider’s tokens, sealed, for your application to use."),
    )
    display_name = text(
        label=_("Display name"),
        max_length=MAX_DISPLAY_NAME_LENGTH,
        help_text=_("What users read on the button. If empty, the provider’s name."),
    )
    logo = address(_("Logo"), _("A square picture. If empty, the provider’s logo."))
    dark_logo = address(_("Logo on dark pages"))
    starts = select(
        label=_("Users who begin at the identity provider"),
        choices=[
            ("", _("are refused")),
            (_SENT, _("sign in to the application below")),
            (_TOLD, _("are sent to an address of the application, which then starts the sign-in")),
        ],
        help_text=_(
            "Many identity providers show their users a page of tiles. Such a sign-in is not asked for by anybody."
        ),
    )
    application = SearchOneField(IdpInitiatedSignIn, "application", label=_("Application"))
    redirect_uri = address(_("Redirect URI"), _("One that is registered for the application. If empty, its first one."))
    auth_parameters = JsonObjectField(
        label=_("Parameters of the request"), rows=3, help_text=_('Such as {"scope": "openid profile email"}.')
    )
    client_callback_uri = address(_("Address of the application"), _("It gets ssoConnectorId as a parameter."))

    class Meta:
        model = SsoConnector
        fields = ("connector_name", "domains", "sync_profile", "enable_token_storage")

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: SsoConnector = options["instance"]
        self.stored = config_of(instance)
        shown = {**initial_of(self.provider, self.stored), **_branding(instance), **_starts(instance)}
        super().__init__(*args, **{**options, "initial": {**shown, **(options.get("initial") or {})}})
        fields: dict[str, Any] = self.fields
        for name, field in fields.items():
            if wanted := _SHOWN_IF.get(name):
                field.widget.attrs["data-shown-if"] = wanted
        if "enable_token_storage" in fields and not can_store_tokens() and not instance.enable_token_storage:
            fields["enable_token_storage"].disabled = True
            fields["enable_token_storage"].help_text = _("This installation has no key for them (SECRET_VAULT_KEK).")

    def config(self) -> dict[str, Any]:
        """Return the configuration that the form says."""
        return config_of_values(self.provider, self.cleaned_data, self.stored)

    @property
    def is_connection_changed(self) -> bool:
        """Whether a field of the configuration was changed."""
        return bool({*places_of(self.provider), SOURCE} & set(self.changed_data))

    @property
    def branding(self) -> dict[str, str]:
        """How the connector looks."""
        return {wire: self.cleaned_data[name] for name, wire in BRANDING.items() if self.cleaned_data.get(name)}

    @property
    def idp_initiated(self) -> dict[str, Any] | None:
        """What is set for users who begin at the identity provider; `None` if they are refused."""
        values = self.cleaned_data
        if not values.get("starts"):
            return None
        is_sent = values["starts"] == _SENT
        return {
            "application_id": values["application"].id if values.get("application") else "",
            "auto_send_authorization_request": is_sent,
            "redirect_uri": values["redirect_uri"] or None,
            "auth_parameters": values["auth_parameters"],
            "client_callback_uri": values["client_callback_uri"],
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned is not None and cleaned.get("starts") and not cleaned.get("application"):
            self.add_error("application", _("Choose the application."))
        return cleaned


_SHOWN_IF = {
    "application": '{"starts": ["sent", "told"]}',
    "redirect_uri": '{"starts": "sent"}',
    "auth_parameters": '{"starts": "sent"}',
    "client_callback_uri": '{"starts": "told"}',
}


def _branding(connector: SsoConnector) -> dict[str, str]:
    return {name: connector.branding.get(wire, "") for name, wire in BRANDING.items()}


def _starts(connector: SsoConnector) -> dict[str, Any]:
    row = IdpInitiatedSignIn.objects.filter(connector=connector).first()
    if row is None:
        return {"starts": "", "auth_parameters": {}}
    return {
        "starts": _SENT if row.auto_send_authorization_request else _TOLD,
        "application": row.application_id,
        "redirect_uri": row.redirect_uri or "",
        "auth_parameters": row.auth_parameters,
        "client_callback_uri": row.client_callback_uri or "",
    }


def form_class(provider: Provider, *, is_stored: bool) -> type[SsoConnectorForm]:
    """Return the form of one provider; `is_stored`: its secrets are there already."""
    fields: dict[str, forms.Field] = fields_of(provider, is_stored=is_stored)
    return type("SsoConnectorForm", (SsoConnectorForm,), {**fields, "provider": provider, "__module__": __name__})


def sections_of(provider: Provider) -> list[Any]:
    """Return the form's sections: the connection, what few need of it, and a tab for each other matter."""
    places = places_of(provider)
    advanced = [name for name, (_path, item) in places.items() if item.is_advanced]
    attributes = [name for name, (path, _item) in places.items() if path[0] == "attributeMapping"]
    connection = [name for name in places if name not in (*advanced, *attributes)]
    is_saml = provider.type == ProviderType.SAML
    experience = [name for name in EXPERIENCE if not (is_saml and name == "enable_token_storage")]
    sections: list[Any] = [
        (_("Connection"), {"fields": [*([SOURCE] if is_saml else []), *connection]}),
        (_("Advanced"), {"fields": advanced, "classes": ["collapse"]}),
        (_("Experience"), {"fields": [*experience, *BRANDING], "classes": ["tab"]}),
    ]
    if is_saml:
        said = _("Which attribute of an assertion each field is taken from. Empty: the usual names are tried.")
        sections.insert(1, (_("Attributes"), {"fields": attributes, "description": said}))
        sections.append((_("Begun at the identity provider"), {"fields": list(STARTS), "classes": ["tab"]}))
    return sections
