"""Clients that nobody here has checked: let in or not, what they may ask users for, and who may register."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.cimd.service import switch_cimd
from applications.cimd.stand_in import ensure_stand_in, find_stand_in
from applications.cimd.switch import CIMD_SETTING
from applications.models import Application
from applications.registration.client_registration import change_registration_settings
from applications.registration.initial_access_tokens import (
    create_initial_access_token,
    delete_initial_access_token,
    list_initial_access_tokens,
)
from applications.registration.settings import REGISTRATION_SETTING, registration_settings
from common.errors import AppError
from console.access import actor_of
from console.admin.application_third_party import CONSENT_FIELDS, ConsentFields, change_consent, consent_of
from console.admin.fields import switch
from console.admin.service_errors import explain
from console.admin.setting_fields import field_of
from console.one_time_display import show_once, take_once
from console.policies import Area
from console.site import site
from tenants.services.settings import get_setting

_ABOUT = "initial-access-tokens"

# Form field -> member of the registration setting.
_REGISTRATION = {
    "registration": "enabled",
    "needs_token": "requireInitialAccessToken",
    "max_clients": "maxClients",
    "unused_days": "unusedClientDays",
}


def _registration(name: str, **options: Any) -> forms.Field:
    """Return the control of a member of the registration setting, by the name of its field."""
    return field_of(REGISTRATION_SETTING.shape.at(_REGISTRATION[name]), **options)


class UnverifiedClientsForm(ConsentFields):
    """The switches, their limits, and what every such client may ask for."""

    cimd = switch(
        label=_("Client ID metadata documents"),
        help_text=_("A client is known by an https address that says what it is. Nothing to register or to remove."),
    )
    registration = _registration(
        "registration",
        label=_("Dynamic client registration"),
        help_text=_("Clients register themselves (RFC 7591) and appear among the applications."),
    )
    needs_token = _registration(
        "needs_token",
        label=_("Require an initial access token"),
        help_text=_("Only who has one of the tokens below can register a client."),
    )
    max_clients = _registration(
        "max_clients",
        label=_("Registered clients"),
        required=True,
        help_text=_("How many there may be at once."),
    )
    unused_days = _registration(
        "unused_days",
        label=_("Unused clients"),
        required=True,
        help_text=_("Days after which a registered client is removed that no user lets in."),
    )
    field_order = ("cimd", *_REGISTRATION, *CONSENT_FIELDS)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_permissions()
        if settings.UNVERIFIED_CLIENTS_ON_LOOPBACK:
            self.fields["cimd"].help_text = _(
                "A client is known by an https address that says what it is, in development also by an http address of "
                "localhost. Nothing to register or to remove."
            )


class TokenForm(forms.Form):
    """What a new initial access token is called, and until when it is good."""

    name = forms.CharField(label=_("Name"), max_length=256)
    expires_at = forms.DateTimeField(label=_("Expires"), required=False)


@site.page("unverified-clients/", name="unverified_clients", area=Area.TENANT)
def unverified_clients(request: HttpRequest) -> HttpResponse:
    """Show and change the settings; make and remove initial access tokens."""
    is_about_tokens = request.method == "POST" and bool(request.POST.get("token"))
    form = UnverifiedClientsForm(None if is_about_tokens else request.POST or None, initial=_initial())
    if request.method == "POST" and (is_about_tokens or form.is_valid()):
        try:
            with transaction.atomic():
                _act(request, None if is_about_tokens else form)
        except AppError as error:
            messages.error(request, explain(error))
        return HttpResponseRedirect(reverse("admin:unverified_clients"))
    registered = Application.objects.filter(registration_source=Application.RegistrationSource.DCR).count()
    context = {
        **site.each_context(request),
        "title": _("Unverified clients"),
        "form": form,
        "tokens": list_initial_access_tokens(),
        "registered": registered,
        "registered_link": f"{reverse('admin:applications_application_changelist')}?registered=itself",
        "once": take_once(request, about=_ABOUT),
    }
    return TemplateResponse(request, "console/unverified_clients.html", context)


def _initial() -> dict[str, Any]:
    stored, stand_in = registration_settings().as_json(), find_stand_in()
    return {
        "cimd": get_setting(CIMD_SETTING).get("enabled"),
        **{field: stored[member] for field, member in _REGISTRATION.items()},
        **({} if stand_in is None else consent_of(stand_in)),
    }


def _act(request: HttpRequest, form: UnverifiedClientsForm | None) -> None:
    if form is not None:
        _save(request, form)
    elif token_id := request.POST.get("delete"):
        delete_initial_access_token(token_id, actor=actor_of(request))
        messages.success(request, _("Nobody can register a client with this token any more."))
    else:
        _add_token(request)


def _save(request: HttpRequest, form: UnverifiedClientsForm) -> None:
    actor, changed = actor_of(request), {name: form.cleaned_data[name] for name in form.changed_data}
    if "cimd" in changed:
        switch_cimd(is_on=changed["cimd"], actor=actor)
    if members := {_REGISTRATION[name]: value for name, value in changed.items() if name in _REGISTRATION}:
        change_registration_settings(members, actor=actor)
    if scopes := {name: value for name, value in changed.items() if name in CONSENT_FIELDS}:
        change_consent(ensure_stand_in(), scopes, actor=actor)
    messages.success(request, _("Saved."))


def _add_token(request: HttpRequest) -> None:
    form = TokenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the token a name, and a time to come if it expires."))
        return
    token, value = create_initial_access_token(**form.cleaned_data, actor=actor_of(request))
    show_once(request, about=_ABOUT, label=str(_("Initial access token %s") % token.name), value=value)
