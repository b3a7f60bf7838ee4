"""A user's second factors and passkeys: what they have set up, by which name, and the removal of one that was lost."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from console.access import actor_of
from console.admin.devices import device_name
from console.admin.display import moment
from console.admin.inlines import ConsoleInline
from identity.factor_types import FactorType
from identity.factors.backup_codes.service import remaining_codes
from identity.factors.webauthn.authenticators import find_authenticator_name
from identity.models import Factor
from identity.selectors import find_factor
from identity.services.factors import remove_factor, rename_factor

_KINDS = {
    FactorType.TOTP: ("qr_code_2", _("Authenticator app")),
    FactorType.WEBAUTHN: ("passkey", _("Passkey")),
    FactorType.BACKUP_CODE: ("pin", _("Backup codes")),
}
_REMOVAL = _(
    "Remove this factor? The user can no longer sign in with it and is told by email. With the last authenticator app"
    " or passkey the backup codes go, too."
)


class _Nothing(forms.Widget):
    """Stands where the other rows have a field."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return SafeString("–")


class FactorForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A factor whose name may change if it is a passkey; of the others a user has one each, and they have none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name = self.fields["name"]
        if self.instance.type == FactorType.WEBAUTHN:
            name.required = True
        else:
            name.disabled = True
            name.widget = _Nothing()


class _Removal(forms.CheckboxInput):
    """Marks a row for removal, once the developer has been told what follows."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**(attrs or {}), "data-confirm": str(_REMOVAL)})


class FactorFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # generic in the stubs alone
    """Factors of one user."""

    deletion_widget = _Removal


class FactorInline(ConsoleInline):
    """Authenticator app, passkeys and backup codes. The user adds them."""

    model = Factor
    form = FactorForm
    formset = FactorFormSet
    verbose_name = _("two-step sign-in and passkeys")
    verbose_name_plural = _("two-step sign-in and passkeys")
    fields = ("factor", "name", "made", "used")
    readonly_fields = ("factor", "made", "used")
    can_add = False
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        factors: QuerySet[Any] = super().get_queryset(request)
        return factors.order_by("created_at", "id")

    @display(description=_("Factor"))
    def factor(self, factor: Factor) -> SafeString:
        icon, label = _KINDS[FactorType(factor.type)]
        return format_html(
            '<span class="gh-factor"><span class="material-symbols-outlined" aria-hidden="true">{}</span>'
            '<span>{}<small class="gh-muted">{}</small></span></span>',
            icon,
            label,
            _about(factor),
        )

    @display(description=_("Created"))
    def made(self, factor: Factor) -> Any:
        return moment(factor.created_at)

    @display(description=_("Last used"))
    def used(self, factor: Factor) -> Any:
        return moment(factor.last_used_at)

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        rename_factor(parent, factor_id=row.pk, name=values["name"], actor=actor_of(request))

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        # Marked together with the last other factor, backup codes are gone already.
        if find_factor(parent, row.pk) is not None:
            remove_factor(parent, factor_id=row.pk, actor=actor_of(request))


def _about(factor: Factor) -> str:
    """What tells one from another: the authenticator and the browser it was made in; the codes that are left."""
    match factor.type:
        case FactorType.WEBAUTHN:
            maker = find_authenticator_name(factor.details.get("aaguid", ""))
            browser = device_name(factor.details.get("agent", ""))
            return " · ".join(part for part in (maker, browser) if part and part != "–")
        case FactorType.BACKUP_CODE:
            count = remaining_codes(factor)
            return ngettext("%(count)s code left", "%(count)s codes left", count) % {"count": count}
    return ""
