"""What a social connector has besides its configuration, as fields of its form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from connectors.factories import SocialFactory
from connectors.token_storage import can_store_tokens
from console.admin.fields import address, select, switch, text


def social_fields(factory: SocialFactory, *, is_stored: bool) -> dict[str, forms.Field]:
    """Return the controls of what a social connector has besides its configuration."""
    fields: dict[str, forms.Field] = {
        "sync_profile": select(
            label=_("Name and avatar"),
            choices=[("once", _("Taken over at sign-up")), ("always", _("Updated at every sign-in"))],
            required=True,
        )
    }
    if factory.is_token_storage_supported:
        can_store = can_store_tokens()
        fields["token_storage"] = switch(
            label=_("Store the provider’s tokens"),
            help_text=_("Your application can fetch a user’s tokens, encrypted here, to call the provider’s API.")
            if can_store
            else _("This installation has no key to encrypt them with: set SECRET_VAULT_KEK."),
        )
        fields["token_storage"].disabled = not can_store
    if factory.is_standard:
        fields["display_name"] = text(
            label=_("Name"), help_text=_("On the button: “Continue with …”."), max_length=128, required=True
        )
        fields["target"] = text(
            label=_("Target"),
            help_text=_("The name under which accounts are linked, such as acme-id. It cannot be changed."),
            max_length=128,
            required=not is_stored,
        )
        fields["target"].disabled = is_stored
        fields["logo"] = address(_("Logo"))
        fields["logo_dark"] = address(_("Logo on dark"))
    return fields
