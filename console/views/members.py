"""The developers of a tenant: added, given roles, removed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from console.access import accesses_of, actor_of
from console.admin.service_errors import explain
from console.invitations import LINK_LIFETIME, Invitation, invite_developer, is_invited, renew_invitation
from console.one_time_display import show_once, take_once
from console.policies import Area, may_create_developer
from console.site import site
from console.tenancy import ConsoleRole, list_developers, revoke_tenant_access, set_tenant_role
from tenants.context import current_tenant_id

_ROLES = [(ConsoleRole.COLLABORATOR.value, _("Collaborator")), (ConsoleRole.ADMIN.value, _("Admin"))]
_ABOUT = "members"


class MemberForm(forms.Form):
    """Whom to add, and as what."""

    identifier = forms.CharField(label=_("Email address or username"), max_length=128)
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES)


@site.page("tenant/members/", name="tenant_members", area=Area.TENANT)
def members(request: HttpRequest) -> HttpResponse:
    """List the tenant's developers; add one, change a role, remove one."""
    if request.method == "POST":
        try:
            with transaction.atomic():
                _act(request)
        except AppError as error:
            messages.error(request, explain(error))
        return HttpResponseRedirect(reverse("admin:tenant_members"))
    rows = [
        {
            "member": member,
            "contact": _contact_of(member.user),
            "role": _role_of(member),
            "is_self": member.user_id == request.user.pk,
            "is_invited": is_invited(member.user),
        }
        for member in list_developers(current_tenant_id())
    ]
    context = {
        **site.each_context(request),
        "title": _("Members"),
        "rows": rows,
        "form": MemberForm(),
        "roles": _ROLES,
        "may_create": may_create_developer(accesses_of(request)),
        "once": take_once(request, about=_ABOUT),
    }
    return TemplateResponse(request, "console/members.html", context)


def _contact_of(user: Any) -> str:
    """What to reach the developer by, where the name does not say it."""
    contact = user.primary_email or user.username or ""
    return "" if contact == str(user) else contact


def _role_of(member: Any) -> str:
    held = {row.role.name for row in member.member_roles.all()}
    return ConsoleRole.ADMIN.value if ConsoleRole.ADMIN in held else ConsoleRole.COLLABORATOR.value


def _act(request: HttpRequest) -> None:
    tenant_id, actor = current_tenant_id(), actor_of(request)
    if user_id := request.POST.get("remove"):
        revoke_tenant_access(user_id, tenant_id=tenant_id, actor=actor)
        messages.success(request, _("The developer has no access to this tenant any more."))
    elif (user_id := request.POST.get("change")) and request.POST.get("role") in list(ConsoleRole):
        role = ConsoleRole(request.POST["role"])
        set_tenant_role(user_id, tenant_id=tenant_id, role=role, actor=actor)
        messages.success(request, _("The role is changed."))
    elif user_id := request.POST.get("renew"):
        if not may_create_developer(accesses_of(request)):
            raise PermissionDenied
        _tell(request, renew_invitation(user_id, tenant_id=tenant_id, actor=actor))
    else:
        _add(request, tenant_id)


def _add(request: HttpRequest, tenant_id: str) -> None:
    form = MemberForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter an email address or a username."))
        return
    invitation = invite_developer(
        form.cleaned_data["identifier"].strip(),
        tenant_id=tenant_id,
        role=ConsoleRole(form.cleaned_data["role"]),
        may_create=may_create_developer(accesses_of(request)),
        actor=actor_of(request),
    )
    messages.success(request, _("%s has access to this tenant.") % invitation.user)
    _tell(request, invitation)


def _tell(request: HttpRequest, invitation: Invitation) -> None:
    """Say how the developer gets in: shown once to whoever invites, and mailed where that is possible."""
    user = invitation.user
    if invitation.is_mailed:
        messages.success(request, _("An email is on its way to %s.") % user.primary_email)
    if invitation.link is not None:
        label = _("Sign-in link for %(user)s. It works once, within %(days)d days.") % {
            "user": user,
            "days": LINK_LIFETIME.days,
        }
        show_once(request, about=_ABOUT, label=str(label), value=invitation.link)
    if invitation.password is not None:
        label = _("First password of %s. Ask them to change it on their profile page.") % user
        show_once(request, about=_ABOUT, label=str(label), value=invitation.password)
