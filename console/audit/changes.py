"""What an event changed, a line for each thing: `Name: “Reader” → “Editor”`, `Added users: Alice, Bob`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.audit.names import TYPE_OF_IDS, Names
from events.models import AuditLog

_MAX_LINES = 30
_MAX_TEXT = 120
_MISSING = object()

_LISTS: Mapping[str, str | Promise] = {
    "applicationIds": gettext_lazy("applications"),
    "developerIds": gettext_lazy("developers"),
    "emailDomains": gettext_lazy("email domains"),
    "factors": gettext_lazy("factors"),
    "organizationIds": gettext_lazy("organizations"),
    "organizationRoleIds": gettext_lazy("organization roles"),
    "organizationScopeIds": gettext_lazy("organization permissions"),
    "organization-scopes": gettext_lazy("organization permissions"),
    "organization-resource-scopes": gettext_lazy("API permissions in organizations"),
    "resource-scopes": gettext_lazy("API permissions"),
    "resourceScopeIds": gettext_lazy("API permissions"),
    "roleIds": gettext_lazy("roles"),
    "scopeIds": gettext_lazy("permissions"),
    "signingKeys": gettext_lazy("signing keys"),
    "ssoConnectorIds": gettext_lazy("enterprise connectors"),
    "userIds": gettext_lazy("users"),
    "user-scopes": gettext_lazy("user data"),
}


def describe_changes(entry: AuditLog, names: Names) -> list[SafeString]:
    """Return the changes of an entry in words, without what is too long to read here."""
    payload = entry.payload
    lines = [*_values(_mapping(payload.get("before")), _mapping(payload.get("after")))]
    for change, words in (("added", _("Added {kind}: {names}")), ("removed", _("Removed {kind}: {names}"))):
        for name, ids in _mapping(payload.get(change)).items():
            if isinstance(ids, list):
                kind = _LISTS.get(name) or _readable(name).lower()
                lines.append(format_html(words, kind=kind, names=_named(name, ids, names)))
    lines += [
        format_html(_("Sent as {name}: “{value}”"), name=name, value=_cut(str(value)))
        for name, value in _mapping(payload.get("sent")).items()
    ]
    if isinstance(fields := payload.get("changed"), list):
        said = ", ".join(_readable(str(field)).lower() for field in fields)
        lines.append(format_html(_("Changed: {fields}"), fields=said))
    if isinstance(role := payload.get("role"), str):
        lines.append(format_html(_("Role: {role}"), role=role))
    return lines[:_MAX_LINES]


def describe_error(entry: AuditLog) -> str:
    """Return why it was refused; empty for what was done."""
    error = entry.payload.get("error")
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or "")
    return str(error or "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _named(name: str, ids: list[Any], names: Names) -> SafeString:
    kind = TYPE_OF_IDS.get(name)
    shown = [names.show(kind, str(one)) if kind else format_html("{}", one) for one in ids]
    return SafeString(", ".join(shown))


def _values(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[SafeString]:
    """Compare two objects, member by member, into those that are objects themselves."""
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, _MISSING), after.get(name, _MISSING)
        label = f"{path} › {_readable(name).lower()}" if path else _readable(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _values(old, new, label)
        elif old is _MISSING or old in (None, ""):
            yield format_html("{}: {}", label, _shown(new))
        else:
            yield format_html("{}: {} → {}", label, _shown(old), _shown(new))


def _readable(name: str) -> str:
    """Return a field's name in words: `isThirdParty` and `is_third_party` are `Is third party`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ")
    return str(capfirst(words.lower()))


def _shown(value: Any) -> str:
    if value is _MISSING or value in (None, "", [], {}):
        return _("nothing")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, list):
        if all(isinstance(item, str | int | float) for item in value):
            return _cut(", ".join(str(item) for item in value))
        return _("%d entries") % len(value)
    if isinstance(value, dict):
        return _("%d settings") % len(value)
    return f"“{_cut(str(value))}”" if isinstance(value, str) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"
