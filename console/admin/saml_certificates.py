"""The certificates of a SAML application: made, put to use, taken out of it, downloaded, deleted."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from common.clock import now
from console.access import actor_of
from console.admin.display import certificate_fingerprint
from console.admin.fields import ShownText, select, switch
from console.admin.inlines import ConsoleInline
from saml.models import SamlApplicationSecret
from saml.services.secrets import create_secret, delete_secret, set_secret_active


def _years(years: int) -> str:
    return ngettext("%s year", "%s years", years) % years


_YEARS = [(str(years), _years(years)) for years in (1, 2, 3, 5, 10)]


class CertificateForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A certificate: how long it lasts is chosen once, whether it signs at any time."""

    years = select(label=_("Valid for"), choices=_YEARS, initial="3")
    active = switch(label=_("Signs"))

    class Meta:
        model = SamlApplicationSecret
        fields = ("active",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            days = (self.instance.expires_at - self.instance.created_at).days
            self.fields["years"].widget = ShownText(_years(round(days / 365)))
            self.fields["years"].disabled = True

    def has_changed(self) -> bool:
        """A row that was added is meant, also if nothing in it was changed."""
        return self.instance._state.adding or super().has_changed()


class CertificateInline(ConsoleInline):
    """All that are in the metadata, and those that were."""

    model = SamlApplicationSecret
    form = CertificateForm
    verbose_name = _("certificate")
    verbose_name_plural = _("certificates")
    fields = ("fingerprint", "until", "years", "active", "download")
    readonly_fields = ("fingerprint", "until", "download")
    ordering = ("-created_at", "-id")
    hide_title = True

    @display(description=_("SHA-256 fingerprint"))
    def fingerprint(self, secret: SamlApplicationSecret) -> SafeString | str:
        return certificate_fingerprint("" if secret._state.adding else secret.certificate)

    @display(description=_("Valid until"))
    def until(self, secret: SamlApplicationSecret) -> SafeString | str:
        if secret._state.adding:
            return "–"
        if secret.expires_at <= now():
            return format_html('<span class="gh-tag gh-tag-danger">{}</span>', _("Expired"))
        return date_format(secret.expires_at, "j M Y")

    @display(description=_("Download"))
    def download(self, secret: SamlApplicationSecret) -> SafeString | str:
        if secret._state.adding:
            return "–"
        address = reverse("admin:applications_application_certificate", args=[secret.application_id, secret.pk])
        return format_html('<a class="gh-link" href="{}" download>{}</a>', address, _("PEM"))

    def add_row(self, request: HttpRequest, parent: Any, values: dict[str, Any]) -> None:
        secret = create_secret(parent, years=int(values["years"] or 3), actor=actor_of(request))
        if values["active"]:
            set_secret_active(parent, secret_id=secret.id, active=True, actor=actor_of(request))

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        set_secret_active(parent, secret_id=row.pk, active=values["active"], actor=actor_of(request))

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        delete_secret(parent, secret_id=row.pk, actor=actor_of(request))


def download_certificate(application_id: str, secret_id: str) -> HttpResponse:
    """Answer with a certificate as a file."""
    secret = SamlApplicationSecret.objects.filter(application_id=application_id, id=secret_id).first()
    if secret is None:
        raise Http404
    name = f"gatehouse-{application_id}.pem"
    return HttpResponse(
        secret.certificate,
        content_type="application/x-pem-file",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
