"""The scripts that add claims to access tokens: written, tried out, removed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from common.actors import Actor
from console.admin.fields import JsonObjectField, switch
from console.policies import Area
from console.site import site
from console.views.script_page import ScriptForm, ScriptPage
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.service import delete_custom_claims, list_custom_claims, put_custom_claims, try_custom_claims

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


class CustomClaimsForm(ScriptForm):
    """A script, what becomes of a failure, and what it is tried out with."""

    blocks = switch(
        label=_("Block on error"),
        help_text=_("No token where the script fails. Without it the token lacks its claims."),
    )
    token = JsonObjectField(label=_("Sample token"), rows=5)
    context = JsonObjectField(label=_("Sample context"), rows=8)


class CustomClaimsPage(ScriptPage[TokenKind]):
    """Users' tokens and machines'."""

    title = _("Custom token claims")
    words = {
        "intro": _(
            "A script adds claims to every access token, or refuses the token. It gets what it needs as one object and "
            "reaches nothing else: no network, no files."
        ),
        "kinds": _("Kind of token"),
        "result": _("Claims of the trial"),
        "removal": _("Remove this script? Tokens lose its claims at once."),
        "saved": _("Saved. The script runs for every token from now on."),
    }
    kinds = {TokenKind.ACCESS_TOKEN: _("Users' tokens"), TokenKind.CLIENT_CREDENTIALS: _("Machines' tokens")}
    form_class = CustomClaimsForm
    error_fields = {
        "script": "script",
        "environmentVariables": "variables",
        "token": "token",
        "tokenSample": "token",
        "context": "context",
        "contextSample": "context",
    }

    def held(self) -> Mapping[TokenKind, dict[str, Any]]:
        return dict(list_custom_claims())

    def initial(self, kind: TokenKind, value: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "script": value.get("script", _FIRST_SCRIPT),
            "variables": value.get("environmentVariables", {}),
            "blocks": value.get("blockIssuanceOnError", False),
            "token": value.get("tokenSample", _SAMPLES[kind]["token"]),
            "context": value.get("contextSample", _SAMPLES[kind]["context"]),
        }

    def attempt(self, kind: TokenKind, values: Mapping[str, Any]) -> Any:
        trial = {
            "script": values["script"],
            "environmentVariables": values["variables"],
            "token": values["token"],
            "context": values["context"],
        }
        return try_custom_claims(kind, trial)

    def save(self, kind: TokenKind, values: Mapping[str, Any], actor: Actor) -> None:
        value = {
            "script": values["script"],
            "environmentVariables": values["variables"],
            "blockIssuanceOnError": values["blocks"],
            "tokenSample": values["token"],
            "contextSample": values["context"],
        }
        put_custom_claims(kind, value, actor=actor)

    def delete(self, kind: TokenKind, actor: Actor) -> None:
        delete_custom_claims(kind, actor=actor)


@site.page("custom-claims/", name="custom_claims", area=Area.GENERAL)
def custom_claims(request: HttpRequest) -> HttpResponse:
    """Show a kind's script; save, try out or remove it."""
    return CustomClaimsPage().answer(request)
