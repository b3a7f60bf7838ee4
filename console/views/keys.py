"""The tenant's signing keys: seen, rotated, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.clock import now
from common.errors import AppError
from console.access import actor_of
from console.admin.service_errors import explain
from console.policies import Area
from console.site import site
from tenants.keys import key_type_of
from tenants.models import SigningKey
from tenants.services.keys import delete_key, list_keys, rotate_key

_HOUR = 3600
_ALGORITHMS = [
    ("ES256", "ES256 (P-256)"),
    ("ES384", "ES384 (P-384)"),
    ("ES512", "ES512 (P-521)"),
    ("RS256", "RS256 (RSA 4096)"),
]


class RotationForm(forms.Form):
    """What key comes next, and when it begins to sign."""

    algorithm = forms.ChoiceField(choices=_ALGORITHMS)
    grace = forms.TypedChoiceField(
        coerce=int,
        choices=[
            (0, _("At once")),
            (_HOUR, _("In an hour")),
            (4 * _HOUR, _("In 4 hours")),
            (24 * _HOUR, _("In a day")),
        ],
    )
    default = forms.BooleanField(required=False)


@site.page("tenant/keys/", name="tenant_keys", area=Area.TENANT)
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys; rotate, or delete the previous one."""
    if request.method == "POST":
        _act(request, RotationForm(request.POST))
        return HttpResponseRedirect(reverse("admin:tenant_keys"))
    held = list_keys()
    staged = {key.key_type for key in held if key.status == SigningKey.Status.NEXT}
    form = RotationForm(initial={"algorithm": held[0].algorithm, "grace": _HOUR})
    free = [choice for choice in _ALGORITHMS if key_type_of(choice[0]) not in staged]
    form.fields["algorithm"].choices = free  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Signing keys"),
        "keys": held,
        "is_staged": bool(staged),
        "is_rotatable": bool(free),
        "now": now(),
        "form": form,
    }
    return TemplateResponse(request, "console/keys.html", context)


def _act(request: HttpRequest, form: RotationForm) -> None:
    try:
        if key_id := request.POST.get("delete"):
            delete_key(key_id, actor=actor_of(request))
            messages.success(request, _("The previous key is deleted. Tokens it signed are no longer valid."))
        elif form.is_valid():
            rotated = rotate_key(
                algorithm=form.cleaned_data["algorithm"],
                grace_period=form.cleaned_data["grace"],
                make_default=form.cleaned_data["default"],
                actor=actor_of(request),
            )
            made = max(rotated, key=lambda key: key.created_at)
            messages.success(
                request,
                _("The next key is published. It signs when its time has come.")
                if made.status == SigningKey.Status.NEXT
                else _("The signing key is rotated."),
            )
        else:
            messages.error(request, _("Choose an algorithm and a time."))
    except AppError as error:
        messages.error(request, explain(error))
