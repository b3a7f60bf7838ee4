"""The scripts that take part in sign-ins: written, tried out, removed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from common.actors import Actor
from console.admin.fields import JsonObjectField, LinesField, switch
from console.policies import Area
from console.site import site
from console.views.script_page import ScriptForm, ScriptPage
from experience.actions.configuration import ActionType
from experience.services.action_settings import delete_action, list_actions, put_action, try_action

_FIRST_SCRIPTS = {
    ActionType.POST_FIRST_FACTOR: """const runAction = async ({ event, environmentVariables }) => {
  // Whoever has an account here must know its password. Return nothing to refuse.
  if (event.user) {
    return;
  }
  const response = await fetch(environmentVariables.LEGACY_URL, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ login: event.identifier.value, password: event.password }),
  });
  if (!response.ok) {
    return;
  }
  const { name } = await response.json();
  return { action: "createUser", passwordVerified: true, user: { name } };
};
""",
    ActionType.POST_SIGN_IN: """const runAction = async ({ event, environmentVariables }) => {
  // Return nothing to let the user in, throw an error to stop the sign-in.
  return { action: "updateUser", user: { customData: { seen: true } } };
};
""",
}
_EVENTS: dict[ActionType, dict[str, Any]] = {
    ActionType.POST_FIRST_FACTOR: {
        "key": ActionType.POST_FIRST_FACTOR.value,
        "interactionEvent": "SignIn",
        "verificationType": "Password",
        "identifier": {"type": "username", "value": "bob"},
        "user": None,
        "password": "a made-up password",
    },
    ActionType.POST_SIGN_IN: {
        "key": ActionType.POST_SIGN_IN.value,
        "interactionEvent": "SignIn",
        "user": {"id": "alice", "username": "alice", "primaryEmail": "alice@example.com", "customData": {}},
    },
}


class ActionForm(ScriptForm):
    """A script, what it may reach, and what it is tried out with."""

    hosts = LinesField(
        label=_("Allowed hosts"),
        placeholder="legacy.example.com",
        help_text=_("The hosts that the script may fetch from over https, one a line. None: it reaches nothing."),
    )
    enabled = switch(label=_("Enabled"), help_text=_("Runs at sign-ins."))
    blocks = switch(
        label=_("Block on error"),
        help_text=_("A sign-in whose script fails ends there. Without it the user gets in. A password is never vouched "
                    "for by a script that fails."),
    )  # fmt: skip
    event = JsonObjectField(label=_("Sample event"), rows=8)


class ActionsPage(ScriptPage[ActionType]):
    """Both moments of a sign-in."""

    title = _("Actions")
    words = {
        "intro": _(
            "A script takes part in sign-ins: it vouches for passwords of another system, so that users move over at "
            "their first sign-in, or changes and stops users who are about to be signed in."
        ),
        "kinds": _("Moment of the sign-in"),
        "result": _("Result of the trial"),
        "removal": _("Remove this script? Sign-ins go on without it at once."),
        "saved": _("Saved. The script runs at every sign-in from now on, if it is enabled."),
    }
    kinds = {
        ActionType.POST_FIRST_FACTOR: _("After a wrong password"),
        ActionType.POST_SIGN_IN: _("Before a sign-in ends"),
    }
    form_class = ActionForm
    error_fields = {
        "script": "script",
        "environmentVariables": "variables",
        "allowedHosts": "hosts",
        "event": "event",
        "contextSample": "event",
    }

    def held(self) -> Mapping[ActionType, dict[str, Any]]:
        return dict(list_actions())

    def initial(self, kind: ActionType, value: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "script": value.get("script", _FIRST_SCRIPTS[kind]),
            "variables": value.get("environmentVariables", {}),
            "hosts": value.get("allowedHosts", []),
            "enabled": value.get("enabled", True),
            "blocks": value.get("onExecutionError", "block") == "block",
            "event": value.get("contextSample", _EVENTS[kind]),
        }

    def attempt(self, kind: ActionType, values: Mapping[str, Any]) -> Any:
        trial = {
            "script": values["script"],
            "actionType": kind.value,
            "event": values["event"],
            "environmentVariables": values["variables"],
            "allowedHosts": values["hosts"],
        }
        return try_action(trial).value

    def save(self, kind: ActionType, values: Mapping[str, Any], actor: Actor) -> None:
        value = {
            "script": values["script"],
            "environmentVariables": values["variables"],
            "allowedHosts": values["hosts"],
            "enabled": values["enabled"],
            "onExecutionError": "block" if values["blocks"] else "allow",
            "contextSample": values["event"],
        }
        put_action(kind, value, actor=actor)

    def delete(self, kind: ActionType, actor: Actor) -> None:
        delete_action(kind, actor=actor)


@site.page("actions/", name="actions", area=Area.GENERAL)
def actions(request: HttpRequest) -> HttpResponse:
    """Show an Action; save, try out or remove it."""
    return ActionsPage().answer(request)
