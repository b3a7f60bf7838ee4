"""The keys of a SAML connector: made, put to use in the place of another, taken out of it, deleted."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from connectors.enterprise.services.signing_keys import (
    create_sso_signing_key,
    delete_signing_key,
    set_signing_key_active,
)
from connectors.models import SsoSigningKey
from console.access import actor_of
from console.admin.display import certificate_fingerprint
from console.admin.fields import switch
from console.admin.inlines import ConsoleInline


class SigningKeyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A key: whether it signs. All of them decrypt."""

    active = switch(label=_("Signs requests"))

    class Meta:
        model = SsoSigningKey
        fields = ("active",)

    def has_changed(self) -> bool:
        """A row that was added is meant, also if nothing in it was changed."""
        return self.instance._state.adding or super().has_changed()

    def _get_validation_exclusions(self) -> set[str]:
        # That one is active at most is the service's to see to.
        return {field.name for field in self._meta.model._meta.fields}


class SigningKeyInline(ConsoleInline):
    """Every key that is in the service provider's metadata."""

    model = SsoSigningKey
    form = SigningKeyForm
    verbose_name = _("signing key")
    verbose_name_plural = _("signing keys")
    fields = ("fingerprint", "until", "active", "certificate_text")
    readonly_fields = ("fingerprint", "until", "certificate_text")
    ordering = ("-created_at", "-id")
    hide_title = True

    @display(description=_("SHA-256 fingerprint"))
    def fingerprint(self, key: SsoSigningKey) -> SafeString | str:
        return certificate_fingerprint("" if key._state.adding else key.certificate)

    @display(description=_("Valid until"))
    def until(self, key: SsoSigningKey) -> str:
        return "–" if key._state.adding else date_format(key.expires_at, "j M Y")

    @display(description=_("Certificate"))
    def certificate_text(self, key: SsoSigningKey) -> SafeString | str:
        if key._state.adding:
            return "–"
        return format_html(
            '<button type="button" class="gh-copy-button" data-copy="{}" title="{}" aria-label="{}">'
            '<span class="material-symbols-outlined" aria-hidden="true">content_copy</span></button>',
            key.certificate,
            _("Copy as PEM"),
            _("Copy as PEM"),
        )

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        create_sso_signing_key(parent, active=values["active"], actor=actor_of(request))

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        set_signing_key_active(row, active=values["active"], actor=actor_of(request))

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        delete_signing_key(row, actor=actor_of(request))
