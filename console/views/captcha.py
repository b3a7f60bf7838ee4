"""Captchas of the tenant: which kind, its keys, whether they are asked for, and whether the keys work."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import AppError
from console.access import actor_of, current_access
from console.admin.fields import lock
from console.captcha.form import CaptchaForm
from console.captcha.words import KINDS
from console.policies import Area, may_change
from console.site import site
from experience.captcha.provider import represent_config
from experience.services.captcha_provider import (
    check_captcha_config,
    delete_captcha_provider,
    find_captcha_provider,
    put_captcha_provider,
)
from experience.services.settings import get_sign_in_experience, update_sign_in_experience

# In the address: the kind that is being set up; `other` shows all of them.
_KIND = "kind"


@site.page("security/captcha/", name="captcha", area=Area.GENERAL)
def captcha(request: HttpRequest) -> HttpResponse:
    """Show the kinds to choose from, or the one that is set up or being set up."""
    provider = find_captcha_provider()
    stored = represent_config(provider) if provider else {}
    if "delete" in request.POST:
        return _delete(request)
    kind = request.GET.get(_KIND) or stored.get("type", "")
    if kind not in KINDS:
        return _page(request, "console/captcha_kinds.html", kinds=KINDS.items(), current=stored.get("type"))
    form = CaptchaForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        stored=stored if stored.get("type") == kind else {},
        enabled=get_sign_in_experience().requires_captcha,
    )
    if form.is_bound and form.is_valid():
        if "test" in request.POST:
            _test(request, form)
        elif _save(request, form):
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("admin:captcha"))
    is_open = may_change(current_access(request), Area.GENERAL)
    if not is_open:
        lock(form)
    is_stored = stored.get("type") == kind
    return _page(
        request, "console/captcha.html", form=form, kind=KINDS[kind], is_open=is_open, is_stored=is_stored, held=stored
    )


def _page(request: HttpRequest, template: str, **more: Any) -> HttpResponse:
    context = {**site.each_context(request), "title": _("Security"), "tab": "captcha", **more}
    return TemplateResponse(request, template, context)


@transaction.atomic
def _put(request: HttpRequest, form: CaptchaForm) -> None:
    put_captcha_provider(form.config, actor=actor_of(request))
    if "enabled" in form.changed_data:
        update_sign_in_experience({"captchaPolicy": {"enabled": form.cleaned_data["enabled"]}}, actor=actor_of(request))


def _save(request: HttpRequest, form: CaptchaForm) -> bool:
    try:
        _put(request, form)
    except AppError as error:
        form.refuse(error)
        return False
    return True


def _test(request: HttpRequest, form: CaptchaForm) -> None:
    """Say whether the provider takes the keys as they are typed; nothing is saved."""
    try:
        check_captcha_config(form.config)
    except AppError as error:
        if error.code == "guard.invalid_input":
            form.refuse(error)
        else:
            messages.error(request, _("The provider does not take these keys: %s") % error.data["reason"])
    else:
        messages.success(request, str(KINDS[form.kind.type].tested))


def _delete(request: HttpRequest) -> HttpResponse:
    try:
        delete_captcha_provider(actor=actor_of(request))
        messages.success(request, _("Captchas are off, and the keys are deleted."))
    except AppError:
        messages.info(request, _("There was none any more."))
    return HttpResponseRedirect(reverse("admin:captcha"))
