"""The hosted pages as they would be with the values of the sign-in experience's form, saved or not.

The values come to this server and the picture is drawn here: nothing of a draft reaches the address at which users sign
in, so nobody can put words there by a link. The picture is a document without origin, scripts or forms.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from common.errors import AppError
from console.admin.preview_choice import PreviewChoice
from console.admin.sign_in_bindings import to_changes
from console.admin.sign_in_form import SignInForm
from console.policies import Area
from console.site import site
from experience.pages.previews import render_preview
from experience.services.settings import draft_sign_in_experience, get_sign_in_experience
from experience.sign_in_settings import SignInSettings


@site.page("sign-in-preview/", name="sign_in_preview", area=Area.GENERAL)
def sign_in_preview(request: HttpRequest) -> HttpResponse:
    """Draw a page: of the saved settings, or with the values that are sent."""
    choice = PreviewChoice(request.POST if request.method == "POST" else request.GET)
    choice.is_valid()
    drafted = _drafted(request.POST) if request.method == "POST" else get_sign_in_experience()
    return render_preview(
        choice.chosen("page"),
        settings=drafted,
        language=choice.chosen("language"),
        theme=choice.chosen("theme"),
        nonce=str(request.csp_nonce),  # type: ignore[attr-defined]  # set by the middleware
        framed_by="'self'",
    )


def _drafted(values: Any) -> SignInSettings:
    """Return the settings with what of the form's values can be; the rest stays as it is saved."""
    form = SignInForm(values)
    form.is_valid()
    changed = [name for name in form.changed_data if name in form.cleaned_data]
    changes = to_changes({**form.initial, **form.cleaned_data}, changed, get_sign_in_experience().wire)
    accepted: dict[str, Any] = {}
    for name, value in changes.items():
        if _is_possible({**accepted, name: value}):
            accepted[name] = value
    return draft_sign_in_experience(accepted)


def _is_possible(changes: Mapping[str, Any]) -> bool:
    try:
        draft_sign_in_experience(changes)
    except AppError:
        return False
    return True
