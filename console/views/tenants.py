"""The console's pages outside of a tenant: the start, and the list of tenants."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from common.errors import AppError
from common.pipeline import CONSOLE_PREFIX
from console.access import accesses_of, actor_of, find_access
from console.csp import console_policy
from console.look import display_user
from console.policies import may_create_tenant
from console.session import LAST_TENANT, sign_in_address
from console.tenancy import ConsoleRole, TenantAccess, grant_tenant_access
from tenants.hosts import origin_of_tenant
from tenants.models import Tenant
from tenants.services.tenants import create_tenant


class TenantForm(forms.Form):
    """A new tenant."""

    name = forms.CharField(label=_("Name"), max_length=128)
    id = forms.CharField(
        label=_("Tenant id"),
        max_length=21,
        help_text=_("Lower-case letters, digits and hyphens: the first label of its host. It never changes."),
    )
    tag = forms.ChoiceField(
        label=_("Purpose"), choices=[("development", _("Development")), ("production", _("Production"))]
    )


def home_of(accesses: list[TenantAccess], last: str | None) -> str | None:
    """Return the tenant to open first: the last one while it may be opened, or the first by name."""
    ids = [access.tenant.id for access in accesses]
    return last if last in ids else next(iter(ids), None)


@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Open the developer's tenant."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(sign_in_address(request))
    tenant_id = home_of(accesses_of(request), request.session.get(LAST_TENANT))
    return HttpResponseRedirect(f"{CONSOLE_PREFIX}/{tenant_id}/" if tenant_id else f"{CONSOLE_PREFIX}/tenants")


@never_cache
@require_GET
def open_tenant(request: HttpRequest, tenant_id: str) -> HttpResponse:
    """`/console/acme` without the slash."""
    return HttpResponseRedirect(f"{CONSOLE_PREFIX}/{tenant_id}/")


@never_cache
@console_policy
@require_http_methods(["GET", "POST"])
def tenants(request: HttpRequest) -> HttpResponse:
    """List the developer's tenants and open new ones."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(sign_in_address(request))
    accesses = accesses_of(request)
    may_create = may_create_tenant(accesses)
    form = TenantForm(request.POST or None, initial={"tag": "development"})
    if may_create and request.method == "POST" and form.is_valid():
        try:
            tenant = _create(request, form.cleaned_data)
        except AppError as error:
            form.add_error("id", error.message)
        else:
            return HttpResponseRedirect(f"{CONSOLE_PREFIX}/{tenant.id}/")
    last = find_access(request, request.session.get(LAST_TENANT) or "")
    context = {
        "title": _("Tenants"),
        "user": display_user(request),
        "rows": [(access, origin_of_tenant(access.tenant.id)) for access in accesses],
        "form": form if may_create else None,
        "last": last,
    }
    return render(request, "console/tenants.html", context)


@transaction.atomic
def _create(request: HttpRequest, values: dict[str, Any]) -> Tenant:
    actor = actor_of(request)
    tenant = create_tenant(values["id"], name=values["name"], tag=values["tag"], actor=actor)
    grant_tenant_access(str(request.user.pk), tenant_id=tenant.id, role=ConsoleRole.ADMIN, actor=actor)
    return tenant
