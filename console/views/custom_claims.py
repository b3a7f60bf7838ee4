"""The scripts that add claims to access tokens: written, tried out, removed."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from common.errors import AppError
from console.access import actor_of
from console.admin.fields import JsonObjectField, switch
from console.admin.service_errors import explain, field_of
from console.policies import Area
from console.site import site
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.service import delete_custom_claims, list_custom_claims, put_custom_claims, try_custom_claims
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT

_FIRST_SCRIPT = """const getCustomJwtClaims = async ({ token, context, environmentVariables, api }) => {
  // api.denyAccess("Not you.") refuses the token.
  return {};
};
"""
_SAMPLES: dict[TokenKind, dict[str, Any]] = {
    TokenKind.ACCESS_TOKEN: {
        "token": {"kind": "AccessToken", "aud": "https://api.example.com", "scope": "read:things"},
        "context": {
            "user": {"id": "alice", "username": "alice", "primaryEmail": "alice@example.com", "customData": {}}
        },
    },
    TokenKind.CLIENT_CREDENTIALS: {
        "token": {"kind": "ClientCredentials", "aud": "https://api.example.com", "scope": "read:things"},
        "context": {"application": {"id": "backend", "name": "Backend", "customData": {}}},
    },
}
# The member that a refusal names -> the form's field.
_ERROR_FIELDS = {
    "script": "script",
    "environmentVariables": "variables",
    "token": "token",
    "tokenSample": "token",
    "context": "context",
    "contextSample": "context",
}
_TITLES = {TokenKind.ACCESS_TOKEN: _("Users' tokens"), TokenKind.CLIENT_CREDENTIALS: _("Machines' tokens")}


class CustomClaimsForm(forms.Form):
    """A script, its variables, and what it is tried out with."""

    script = forms.CharField(
        label=_("Script"),
        max_length=100_000,
        strip=False,
        widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 18, "spellcheck": "false", "class": "gh-mono"}),
    )
    variables = JsonObjectField(
        label=_("Environment variables"), rows=4, help_text=_("Names and texts; kept encrypted. Secrets belong here.")
    )
    blocks = switch(
        label=_("Block on error"),
        help_text=_("No token where the script fails. Without it the token lacks its claims."),
    )
    token = JsonObjectField(label=_("Sample token"), rows=5)
    context = JsonObjectField(label=_("Sample context"), rows=8)


def _kind_of(request: HttpRequest) -> TokenKind:
    try:
        return TokenKind(request.GET.get("kind", ""))
    except ValueError:
        return TokenKind.ACCESS_TOKEN


def _initial(kind: TokenKind, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "script": value.get("script", _FIRST_SCRIPT),
        "variables": value.get("environmentVariables", {}),
        "blocks": value.get("blockIssuanceOnError", False),
        "token": value.get("tokenSample", _SAMPLES[kind]["token"]),
        "context": value.get("contextSample", _SAMPLES[kind]["context"]),
    }


@site.page("custom-claims/", name="custom_claims", area=Area.GENERAL)
def custom_claims(request: HttpRequest) -> HttpResponse:
    """Show a kind's script; save, try out or remove it."""
    kind = _kind_of(request)
    address = f"{reverse('admin:custom_claims')}?kind={kind.value}"
    held = dict(list_custom_claims())
    form = CustomClaimsForm(request.POST or None, initial=_initial(kind, held.get(kind, {})))
    result: dict[str, Any] | None = None
    if request.method == "POST":
        try:
            if request.POST.get("action") == "delete":
                _delete(request, kind)
                return HttpResponseRedirect(address)
            if form.is_valid() and request.POST.get("action") == "try":
                result = _try(kind, form.cleaned_data)
            elif form.is_valid():
                _save(request, kind, form.cleaned_data)
                return HttpResponseRedirect(address)
        except AppError as error:
            if (field := field_of(error, _ERROR_FIELDS)) is None:
                messages.error(request, explain(error))
            else:
                form.add_error(field, explain(error))
    context = {
        **site.each_context(request),
        "title": _("Custom token claims"),
        "form": form,
        "kinds": [
            {"value": each.value, "title": _TITLES[each], "is_open": each is kind, "is_set": each in held}
            for each in TokenKind
        ],
        "is_set": kind in held,
        "is_admin_tenant": current_tenant_id() == ADMIN_TENANT,
        "result": None if result is None else json.dumps(result, indent=2, ensure_ascii=False),
    }
    return TemplateResponse(request, "console/custom_claims.html", context)


def _try(kind: TokenKind, values: dict[str, Any]) -> dict[str, Any]:
    trial = {
        "script": values["script"],
        "environmentVariables": values["variables"],
        "token": values["token"],
        "context": values["context"],
    }
    return try_custom_claims(kind, trial)


def _save(request: HttpRequest, kind: TokenKind, values: dict[str, Any]) -> None:
    value = {
        "script": values["script"],
        "environmentVariables": values["variables"],
        "blockIssuanceOnError": values["blocks"],
        "tokenSample": values["token"],
        "contextSample": values["context"],
    }
    put_custom_claims(kind, value, actor=actor_of(request))
    messages.success(request, _("Saved. The script runs for every token from now on."))


def _delete(request: HttpRequest, kind: TokenKind) -> None:
    delete_custom_claims(kind, actor=actor_of(request))
    messages.success(request, _("The script is removed."))
