"""A developer's own profile, outside of every tenant: name, email address, password."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.actors import Actor
from common.errors import AppError
from common.pipeline import CONSOLE_PREFIX
from console.admin.service_errors import explain, field_of
from console.csp import console_policy
from console.look import display_user
from console.session import PROVIDER_SESSION, sign_in_address
from console.views.profile_forms import CodeForm, EmailForm, NameForm, PasswordForm, ProfileForm
from experience.pages.forms import describe_policy, password_messages
from experience.services.own_account import (
    can_change_own_email,
    change_own_email,
    change_own_password,
    send_own_email_code,
)
from experience.services.settings import get_sign_in_experience
from identity.models import User
from identity.selectors import get_user
from identity.services.users import update_user

_PATH = f"{CONSOLE_PREFIX}/profile"
# The address that a code was sent to.
_NEW_EMAIL = "console_new_email"
_FIELDS = {
    "session.invalid_credentials": "current",
    "session.verification_blocked_too_many_attempts": "current",
    "password.rejected": "new",
    "user.same_password": "new",
    "user.invalid_email": "email",
    "user.email_already_in_use": "code",
    "verification_code.code_mismatch": "code",
    "verification_code.expired": "code",
    "verification_code.exceed_max_try": "code",
    "verification_code.not_found": "code",
}


@never_cache
@console_policy
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the developer's own data, and change one part of it at a time."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(sign_in_address(request))
    user = get_user(str(request.user.pk))
    sent = request.POST.get("kind") if request.method == "POST" else None
    if sent == "restart":
        request.session.pop(_NEW_EMAIL, None)
        return HttpResponseRedirect(_PATH)
    forms = _forms(request, user, sent)
    form = next((form for form in forms if form.kind == sent), None)
    if form is not None and form.is_valid():
        try:
            messages.success(request, _save(request, user, form))
        except AppError as error:
            _refuse(form, error)
        else:
            return HttpResponseRedirect(_PATH)
    context = {
        "title": _("Profile"),
        "user": display_user(request),
        "account": user,
        "forms": forms,
        "new_email": request.session.get(_NEW_EMAIL),
        "can_change_email": can_change_own_email(),
    }
    return render(request, "console/profile.html", context)


def _forms(request: HttpRequest, user: User, sent: str | None) -> list[ProfileForm]:
    options: dict[str, Any] = {"has_password": user.has_password}
    kinds: list[type[ProfileForm]] = [NameForm]
    if can_change_own_email():
        kinds.append(CodeForm if _NEW_EMAIL in request.session else EmailForm)
    kinds.append(PasswordForm)
    initial = {"name": user.name or ""}
    forms = [kind(request.POST if kind.kind == sent else None, initial=initial, **options) for kind in kinds]
    forms[-1].fields["new"].help_text = describe_policy(get_sign_in_experience().password_policy)
    return forms


def _save(request: HttpRequest, user: User, form: ProfileForm) -> str:
    """Do what the form asks for and return what to say about it."""
    values, actor = form.cleaned_data, Actor.user(user.id)
    match form:
        case NameForm():
            update_user(user, name=values["name"] or None, actor=actor)
            return _("Your name was changed.")
        case EmailForm():
            send_own_email_code(user, email=values["email"], current=values.get("current", ""))
            request.session[_NEW_EMAIL] = values["email"]
            return _("A code is on its way.")
        case CodeForm():
            change_own_email(user, email=request.session[_NEW_EMAIL], code=values["code"], actor=actor)
            del request.session[_NEW_EMAIL]
            return _("Your email address was changed.")
        case _:
            change_own_password(
                user,
                current=values.get("current", ""),
                new=values["new"],
                session_id=request.session[PROVIDER_SESSION],
                actor=actor,
            )
            return _("Your password was changed. You are signed out everywhere else.")


def _refuse(form: ProfileForm, error: AppError) -> None:
    field = field_of(error, _FIELDS)
    if error.code == "session.invalid_credentials":
        said = [_("The password is wrong.")]
    else:
        said = password_messages(error) if error.code == "password.rejected" else [explain(error)]
    for sentence in said:
        form.add_error(field if field in form.fields else None, sentence)
