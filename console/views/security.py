"""Passwords, addresses and guessing: a tab each, all of them sign-in settings of the tenant."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from console.access import actor_of, current_access
from console.admin.fields import lock
from console.policies import Area, may_change
from console.security.forms import (
    BlocklistForm,
    GeneralForm,
    PasswordForm,
    RestrictionsForm,
    SettingsForm,
    UnlockForm,
)
from console.site import site
from experience.services.settings import update_sign_in_experience
from identity.services.sentinel import unlock


@site.page("security/", name="security", area=Area.GENERAL)
def passwords(request: HttpRequest) -> HttpResponse:
    """Show and change the password policy."""
    intro = _("What a new password has to be. Users keep the passwords that they have until those expire.")
    return _tab(request, "security", PasswordForm, intro)


@site.page("security/blocklist/", name="security_blocklist", area=Area.GENERAL)
def blocklist(request: HttpRequest) -> HttpResponse:
    """Show and change which email addresses users may have."""
    intro = _("Which email addresses users may sign up with or change to. Who has one already keeps it.")
    return _tab(request, "security_blocklist", BlocklistForm, intro)


@site.page("security/restrictions/", name="security_restrictions", area=Area.GENERAL)
def restrictions(request: HttpRequest) -> HttpResponse:
    """Show and change who may sign in, and from where."""
    intro = _(
        "Who may sign in, and from where. Asked when somebody signs in, signs up or resets a password; sessions that"
        " are open stay. An empty list restricts nothing."
    )
    knows_places = bool(settings.TRUST_EDGE_HEADERS or settings.GEOIP_DATABASE)
    return _tab(request, "security_restrictions", RestrictionsForm, intro, lacks_places=not knows_places)


@site.page("security/general/", name="security_general", area=Area.GENERAL)
def general(request: HttpRequest) -> HttpResponse:
    """Show and change how often somebody may guess, and end lockouts."""
    is_unlock = request.method == "POST" and "unlock" in request.POST
    form = UnlockForm(request.POST if is_unlock else None)
    if is_unlock and form.is_valid():
        unlock(form.cleaned_data["targets"], actor=actor_of(request))
        messages.success(request, _("Unlocked."))
        return HttpResponseRedirect(reverse("admin:security_general"))
    intro = _("How often somebody may guess a password or a code, and what follows.")
    return _tab(request, "security_general", GeneralForm, intro, is_sent=not is_unlock, unlock=form)


def _tab(
    request: HttpRequest,
    name: str,
    form_class: type[SettingsForm],
    intro: Promise,
    *,
    is_sent: bool = True,
    **more: Any,
) -> HttpResponse:
    """Answer with a tab, or with what has been saved in it."""
    form = form_class(request.POST if request.method == "POST" and is_sent else None)
    if form.is_bound and form.is_valid() and _save(request, form):
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse(f"admin:{name}"))
    is_open = may_change(current_access(request), Area.GENERAL)
    if not is_open:
        lock(form)
    context = {
        **site.each_context(request),
        "title": _("Security"),
        "tab": name,
        "intro": intro,
        "form": form,
        "is_open": is_open,
        **more,
    }
    return TemplateResponse(request, "console/security.html", context)


def _save(request: HttpRequest, form: SettingsForm) -> bool:
    if not form.changes:
        return True
    try:
        update_sign_in_experience(form.changes, actor=actor_of(request))
    except AppError as error:
        form.refuse(error)
        return False
    return True
