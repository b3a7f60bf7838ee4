"""What a webhook is told of an event: a JSON object whose members have the contract's names and order.

The webhook's id, which differs between the receivers of one event, is put at the end by `body_for`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.clock import to_iso
from common.request_context import current_call, current_journey, request_origin
from events.history import Event
from events.webhooks.describing import Route, all_described, described, route_of
from events.webhooks.names import EVENTS, Kind

# An address of a client's metadata document, which stands in an id's place.
_DOCUMENT = ("https://", "http://")
MAX_BYTES = 256 * 1024
MOST_IDS = 5000

_INTERACTIONS = {
    "PostRegister": "Register",
    "PostSignIn": "SignIn",
    "PostSignInAdaptiveMfaTriggered": "SignIn",
    "PostResetPassword": "ForgotPassword",
}
# Routes that answer with one member of the user.
_PARTS = {"/custom-data": "customData", "/profile": "profile"}
# Whoever links accounts because of an event about a user would cause the next one.
_SILENT = "/users/:userId/identities"
#: Compact JSON, as JavaScript writes it.
to_json = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode


def body_for(payload: Mapping[str, Any], hook_id: str) -> str:
    """Return what one webhook is sent. An event that would be too long comes without `data`, and says so."""
    text = to_json({**payload, "hookId": hook_id})
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        short = {name: value for name, value in payload.items() if name not in ("data", "user")}
        text = to_json({**short, "isDataOmitted": True, "hookId": hook_id})
    # UTF-8 has no halves of surrogate pairs. JSON writes NUL in other characters, so the column takes it.
    return text.encode("utf-8", "replace").decode()


def payload_of(event: Event, *, moment: datetime) -> dict[str, Any]:
    """Return the payload of an event that has just been recorded. Reads the rows that it tells of."""
    kind = EVENTS[event.name]
    if kind is Kind.INTERACTION:
        return _filled(_interaction(event, moment))
    if kind is Kind.DATA:
        return _filled(_data(event, moment))
    return _filled(_exception(event, moment))


def is_told(event: Event) -> bool:
    """Whether webhooks are told of an event: all but of a user's accounts that the Management API links and unlinks."""
    if event.name != "User.Data.Updated":
        return True
    route = route_of(current_call())
    return route is None or not route.matched.startswith(_SILENT)


def _filled(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if value is not None}


def _interaction(event: Event, moment: datetime) -> dict[str, Any]:
    origin, client = request_origin(), event.application_id or current_journey().client_id
    user_id = event.user_id or (event.subject.id if event.subject else None)
    return {
        "event": event.name,
        "interactionEvent": _INTERACTIONS[event.name],
        "createdAt": to_iso(moment),
        "sessionId": event.details.get("interactionId"),
        "userAgent": origin.user_agent or None,
        "userId": user_id,
        "userIp": origin.ip or None,
        "user": described("UserInfo", user_id) if user_id else None,
        **_client(client),
        "adaptiveMfaResult": event.details.get("adaptiveMfaResult"),
    }


def _client(client_id: str | None) -> dict[str, Any]:
    """The members about a client: an application's row, or the address that stands for one."""
    if not client_id:
        return {}
    if client_id.startswith(_DOCUMENT):
        return {"cimdClientId": client_id}
    return {"application": described("Application", client_id)}


def _data(event: Event, moment: datetime) -> dict[str, Any]:
    origin, journey = request_origin(), current_journey()
    route = None if journey.id else route_of(current_call())
    told: dict[str, Any] = {
        "event": event.name,
        "createdAt": to_iso(moment),
        "userAgent": origin.user_agent or None,
        "ip": origin.ip or None,
    }
    if journey.id:
        client = journey.client_id
        told |= {
            "applicationId": client if client and not client.startswith(_DOCUMENT) else None,
            "sessionId": journey.id,
            "interactionEvent": journey.event or None,
            **_client(client),
        }
    elif event.actor is not None and event.actor.kind == "application":
        told |= _client(event.actor.id)
    if route is not None:
        told |= {
            "path": route.path,
            "method": route.method,
            "status": route.status,
            "params": dict(route.params),
            "matchedRoute": route.matched,
        }
    return told | _about(event) | {"data": _row(event, route)}


def _about(event: Event) -> dict[str, Any]:
    """The ids that an event about a set tells of."""
    subject_id = event.subject.id if event.subject else None
    if event.name == "Organization.Membership.Updated":
        return {
            "organizationId": subject_id,
            "addedUserIds": _ids(event.added, "userIds"),
            "removedUserIds": _ids(event.removed, "userIds"),
            "addedApplicationIds": _ids(event.added, "applicationIds"),
            "removedApplicationIds": _ids(event.removed, "applicationIds"),
        }
    if event.name == "Role.Scopes.Updated":
        return {"roleId": subject_id}
    if event.name == "OrganizationRole.Scopes.Updated":
        return {"organizationRoleId": subject_id}
    return {}


def _ids(found: Mapping[str, Any], kind: str) -> list[str] | None:
    return list(found.get(kind, ()))[:MOST_IDS] or None


def _row(event: Event, route: Route | None) -> Any:
    """What an event tells of its row; of one that is gone only what was recorded with it."""
    subject, name = event.subject, event.name
    if subject is None:
        return None
    if name.startswith("User."):
        return _user(event, subject.id, route)
    if name.startswith("TrustedDevice."):
        return {**event.data.get("trustedDevice", {}), "userId": event.user_id}
    if name == "Role.Scopes.Updated":
        return all_described("Scope", list(event.added.get("scopeIds", ()))[:MOST_IDS]) or None
    if name.endswith((".Created", ".Data.Updated")):
        return described(subject.type, subject.id)
    return None


def _user(event: Event, user_id: str, route: Route | None) -> Any:
    """What the Management API answers about a user, which is more than others know, or a part of it."""
    matched = "" if route is None else route.matched
    is_answer = matched.startswith("/users") and not matched.endswith("/logto-configs") and event.name != "User.Deleted"
    answer = described("User", user_id) if is_answer else None
    if answer is None:
        return event.data.get("user")
    for part, member in _PARTS.items():
        if matched.endswith(part):
            return answer[member]
    return answer


def _exception(event: Event, moment: datetime) -> dict[str, Any]:
    origin, journey, details = request_origin(), current_journey(), event.details
    told: dict[str, Any] = {
        "event": event.name,
        "createdAt": to_iso(moment),
        "userAgent": origin.user_agent or None,
        "ip": origin.ip or None,
    }
    if event.name == "Grant.LimitExceeded":
        client = event.application_id or ""
        names = ("revokedGrantIds", "maxAllowedGrants", "preRevocationActiveGrantCount")
        is_document = client.startswith(_DOCUMENT)
        return {
            **told,
            "userId": event.user_id,
            "applicationId": None if is_document else client,
            **{name: details[name] for name in names},
            **_client(client),
        }
    told |= {"sessionId": journey.id or None, "interactionEvent": journey.event or None, **_client(journey.client_id)}
    if event.name == "Identifier.Lockout":
        return {**told, "type": details.get("type"), "value": event.data.get("value")}
    return {**told, "action": details.get("action"), "recipient": event.data.get("recipient")}
