"""A user's accounts at other providers: what those say of them, the tokens stored for them, and unlinking."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold import widgets
from unfold.decorators import display

from connectors.factories import SocialFactory, list_factories
from connectors.models import Connector
from connectors.selectors import list_social_connections
from console.access import actor_of
from console.admin.connector_gallery import look_of
from console.admin.display import moment
from console.admin.inlines import ConsoleInline
from identity.models import FederatedTokenSet, SocialIdentity, SsoIdentity
from identity.services.social_identities import unlink_social_identity
from identity.services.sso_identities import unlink_sso_identity
from identity.services.token_vault import delete_token_set

_UNLINK = _("Unlink this account? The user can no longer sign in with it, and tokens that are stored for it go.")
_FORGET = _("Delete the tokens? Your applications can no longer fetch them until the user signs in there again.")


class _Unlinking(forms.CheckboxInput):
    """Marks a row for removal, once the developer has been told what follows."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**(attrs or {}), "data-confirm": str(_UNLINK)})


class _Nothing(forms.Widget):
    """Stands where the other rows have a box."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return SafeString("–")


class IdentityFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # generic in the stubs alone
    """Accounts of one user."""

    deletion_widget = _Unlinking


class IdentityForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """An account; the box is there if tokens are stored for it."""

    forget_tokens = forms.BooleanField(
        label=_("Delete tokens"),
        required=False,
        widget=widgets.UnfoldBooleanWidget(attrs={"data-confirm": _FORGET}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if _tokens_of(self.instance) is None:
            self.fields["forget_tokens"].disabled = True
            self.fields["forget_tokens"].widget = _Nothing()


class _IdentityInline(ConsoleInline):
    """Accounts that users link themselves."""

    form = IdentityForm
    formset = IdentityFormSet
    fields: tuple[str, ...] = ("account", "linked", "tokens", "forget_tokens")
    readonly_fields: tuple[str, ...] = ("account", "linked", "tokens")
    can_add = False
    hide_title = True

    @display(description=_("Linked"))
    def linked(self, identity: Any) -> Any:
        return moment(identity.created_at)

    @display(description=_("Stored tokens"))
    def tokens(self, identity: Any) -> Any:
        held = _tokens_of(identity)
        return _describe_tokens(held.metadata) if held else "–"

    def change_row(self, request: HttpRequest, parent: Any, row: Any, values: dict[str, Any]) -> None:
        held = _tokens_of(row)
        if values["forget_tokens"] and held is not None:
            delete_token_set(held.id, actor=actor_of(request))


class SocialIdentityInline(_IdentityInline):
    """Accounts at social providers."""

    model = SocialIdentity
    verbose_name = _("social account")
    verbose_name_plural = _("social accounts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.select_related("user").prefetch_related("token_sets").order_by("created_at", "id")

    @display(description=_("Account"))
    def account(self, identity: SocialIdentity) -> SafeString:
        held = identity.user.identities.get(identity.target, {})
        name, look = _provider(identity.target)
        return _card(name, look, identity.identity_id, held.get("details") or {})

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        unlink_social_identity(parent, target=row.target, actor=actor_of(request))


class SsoIdentityInline(_IdentityInline):
    """Accounts at the identity providers of enterprises."""

    model = SsoIdentity
    verbose_name = _("enterprise account")
    verbose_name_plural = _("enterprise accounts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.select_related("connector").prefetch_related("token_sets").order_by("created_at", "id")

    @display(description=_("Account"))
    def account(self, identity: SsoIdentity) -> SafeString:
        branding = identity.connector.branding
        look = {"icon": "domain", "logo": branding.get("logo", ""), "logo_dark": branding.get("darkLogo", "")}
        name = branding.get("displayName") or identity.connector.connector_name
        return _card(name, look, identity.identity_id, {"issuer": identity.issuer, **identity.detail})

    def remove_row(self, request: HttpRequest, parent: Any, row: Any) -> None:
        unlink_sso_identity(parent, connector_id=row.connector_id, actor=actor_of(request))


def _tokens_of(identity: Any) -> FederatedTokenSet | None:
    return next(iter(identity.token_sets.all()), None) if identity.pk else None


def _provider(target: str) -> tuple[str, dict[str, str]]:
    """What a provider is called, and what stands for it; the target itself if no connector has it any more."""
    for connection in list_social_connections().values():
        if connection.target == target:
            row = Connector(factory_id=connection.factory.id, metadata=connection.metadata)
            look, logo = look_of(connection.factory), connection.metadata.get("logo")
            return str(row), {**look, "logo": logo, "logo_dark": ""} if logo else look
    kinds = (kind for kind in list_factories() if isinstance(kind, SocialFactory) and kind.target == target)
    kind = next(kinds, None)
    return (kind.name, look_of(kind)) if kind else (target, {"icon": "account_circle", "logo": "", "logo_dark": ""})


def _card(provider: str, look: dict[str, str], account_id: str, details: Mapping[str, Any]) -> SafeString:
    contact = details.get("email") or details.get("phone") or ""
    context = {
        "provider": provider,
        "look": look,
        "name": details.get("name") or contact or account_id,
        "contact": contact if details.get("name") else "",
        "account_id": account_id,
        "details": json.dumps(details, indent=2, ensure_ascii=False) if details else "",
    }
    return render_to_string("console/parts/identity.html", context)


def _describe_tokens(said: Mapping[str, Any]) -> SafeString:
    renewed = _("renewed when they expire") if said.get("hasRefreshToken") else _("not renewed")
    until = str(_("no end"))
    # What a provider says is any number, and not every number is a date.
    with suppress(ValueError, OverflowError, OSError, TypeError):
        ends = datetime.fromtimestamp(said.get("expiresAt"), UTC)  # type: ignore[arg-type]  # `None`, too, is suppressed
        until = date_format(timezone.localtime(ends), "DATETIME_FORMAT")
    scope = format_html('<small class="gh-muted">{}</small>', said["scope"]) if said.get("scope") else ""
    return format_html('<span class="gh-token-state">{} · {}{}</span>', until, renewed, scope)
