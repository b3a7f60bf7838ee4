"""A sign-in trace as a timeline that can be read by somebody who was not there: one step an entry, each in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.clients import Client, find_client
from applications.redirect_uri_differences import first_difference
from console.admin.devices import device_name
from console.audit.changes import describe_changes, describe_error
from console.audit.names import Names
from console.audit.sentences import sentence
from console.links import page_of
from events.models import AuditLog
from experience.traces.trace import END, Trace
from oidc.wire.error_page import nearest_registered

_Words = Mapping[str, str | Promise]

# What a submission that is not the end yet asks for: no refusal, but how the journey goes on.
_DECISIONS: _Words = {
    "session.mfa.require_mfa_verification": gettext_lazy("A second factor was asked for"),
    "user.missing_profile": gettext_lazy("What the account lacked was asked for"),
    "user.suggest_mfa": gettext_lazy("Second factors were offered"),
    "user.missing_mfa": gettext_lazy("A second factor had to be set up"),
    "session.mfa.suggest_additional_mfa": gettext_lazy("One more second factor was offered"),
    "session.mfa.backup_code_required": gettext_lazy("Backup codes had to be saved"),
    "user.passkey_preferred": gettext_lazy("A passkey was offered"),
    "user.new_password_required_in_profile": gettext_lazy("A new password was asked for"),
    "session.sso_enabled": gettext_lazy("The address belongs to an enterprise, where the user was sent"),
    "password.expired": gettext_lazy("The password had expired: a new one was asked for"),
    "user.user_not_exist": gettext_lazy("Nobody has an account with this: signing up was offered"),
    "user.identity_not_exist": gettext_lazy("Nobody has linked this account yet"),
    "user.sso_identity_not_exist": gettext_lazy("Nobody has come from this enterprise account yet"),
}
_SECOND_FACTOR: _Words = {
    "trustedDevice": gettext_lazy("not asked for: a trusted device"),
    "secondFactorWaived": gettext_lazy("not asked for: the policy does not demand it"),
}
_REASONS: _Words = {
    "login_prompt": gettext_lazy("the application demands it (prompt=login)"),
    "no_session": gettext_lazy("nobody is signed in here"),
    "max_age": gettext_lazy("the last sign-in is too long ago (max_age)"),
    "id_token_hint": gettext_lazy("somebody else is signed in than the application expects (id_token_hint)"),
    "acr": gettext_lazy("the application demands a second factor (acr)"),
    "one_time_token": gettext_lazy("the application brings a magic link"),
    "switch_account": gettext_lazy("the user wanted to use another account"),
    "consent_prompt": gettext_lazy("the application demands consent (prompt=consent)"),
    "native_client_prompt": gettext_lazy("a native application always asks"),
    "unverified_client": gettext_lazy("nobody has checked the application"),
    "scopes_missing": gettext_lazy("the application asks for more than it was granted"),
}
# By the beginning of a key; the first that fits.
_ICONS = (
    ("Interaction.Create", "play_circle"),
    ("Interaction.End", "output"),
    ("Interaction.Refused", "block"),
    ("Interaction.Consent", "handshake"),
    ("ErrorPage", "error"),
    ("ExchangeTokenBy", "key"),
    ("JwtCustomizer", "code"),
    ("Message", "mail"),
    ("TrustedDevice", "devices"),
    ("Identifier.", "lock"),
    ("User.", "person"),
)
_STEP_ICONS = (
    ("Verification.Password", "password"),
    ("Verification.EmailVerificationCode", "mail"),
    ("Verification.PhoneVerificationCode", "sms"),
    ("Verification.Mfa", "verified_user"),
    ("Verification.Totp", "verified_user"),
    ("Verification.WebAuthn", "passkey"),
    ("Verification.SignInPasskey", "passkey"),
    ("Verification.Social", "group"),
    ("Verification.EnterpriseSso", "corporate_fare"),
    ("Verification.", "verified_user"),
    ("BindMfa", "add_moderator"),
    ("Identifier", "badge"),
    ("Profile", "edit"),
    ("Create", "login"),
    ("Submit", "task_alt"),
)
_ASKS_NO_MORE = 40


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a step: what it is, and what it was."""

    name: str
    value: str | SafeString
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One entry in words. `tone` is `good`, `bad`, `asked` or empty; `since` is the time after the step before."""

    at: datetime
    since: str
    icon: str
    tone: str
    sentence: SafeString
    error: str
    code: str
    facts: list[Fact]
    raw: str
    link: str | None


def steps_of(trace: Trace, names: Names) -> list[Step]:
    """Return the trace's steps, oldest first."""
    steps, before = [], None
    for entry in trace.entries:
        steps.append(_step(entry, before, names))
        before = entry
    return steps


def duration(seconds: float) -> str:
    """Return a span of time as people say it."""
    if seconds < 1:
        return _("%d ms") % round(seconds * 1000)
    if seconds < 60:
        return _("%.1f s") % seconds
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}


def _step(entry: AuditLog, before: AuditLog | None, names: Names) -> Step:
    payload, code = entry.payload, _error_code(entry)
    is_error, asked = payload.get("result") == "Error", _DECISIONS.get(code, "")
    if asked:
        said, tone = format_html("{}", asked), "asked"
    else:
        said, tone = sentence(entry, names), "bad" if is_error else "good" if _is_end(entry.key) else ""
    return Step(
        at=entry.created_at,
        since=duration((entry.created_at - before.created_at).total_seconds()) if before else "",
        icon=_icon_of(entry.key),
        tone=tone,
        sentence=said,
        error="" if asked else describe_error(entry),
        code=code,
        facts=list(_facts(entry, before)) + [Fact("", line) for line in describe_changes(entry, names)],
        raw=json.dumps(payload, indent=2, ensure_ascii=False),
        link=page_of(entry),
    )


def _error_code(entry: AuditLog) -> str:
    error = entry.payload.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _is_end(key: str) -> bool:
    """Whether this is what a sign-in is for: it was finished, answered, or its tokens were issued."""
    is_submission = key.count(".") == 2 and key.endswith(".Submit")
    return is_submission or key == END or key.startswith("ExchangeTokenBy.")


def _icon_of(key: str) -> str:
    for start, icon in _ICONS:
        if key.startswith(start):
            return icon
    step = key.split(".", 2)[2] if key.startswith("Interaction.") and key.count(".") >= 2 else ""
    return next((icon for start, icon in _STEP_ICONS if step.startswith(start)), "radio_button_unchecked")


def _facts(entry: AuditLog, before: AuditLog | None) -> Iterator[Fact]:
    payload = entry.payload
    if path := payload.get("path"):
        yield Fact(_("At"), str(path), is_code=True)
    if identifier := _mapping(_mapping(payload.get("payload")).get("identifier")).get("value"):
        yield Fact(_("Entered"), str(identifier))
    if connector := payload.get("connectorId"):
        yield Fact(_("Connector"), str(connector), is_code=True)
    if reasons := _list(payload.get("reasons")):
        yield Fact(_("Because"), ", ".join(str(_REASONS.get(str(reason), reason)) for reason in reasons))
    if factors := _list(payload.get("availableFactors")):
        yield Fact(_("With one of"), ", ".join(map(str, factors)))
    if missing := _list(payload.get("missingProfile")):
        yield Fact(_("Lacking"), ", ".join(map(str, missing)))
    for note, words in _SECOND_FACTOR.items():
        if payload.get(note):
            yield Fact(_("Second factor"), str(words))
    if restriction := payload.get("restriction"):
        yield Fact(_("Restricted by"), str(restriction))
    if triggers := _triggers(payload):
        yield Fact(_("Unusual"), triggers)
    if proofs := _proofs(payload):
        yield Fact(_("Signed in by"), proofs)
    if description := payload.get("description"):
        yield Fact(_("Told"), str(description))
    if types := _list(payload.get("tokenTypes")):
        yield Fact(_("Issued"), ", ".join(map(str, types)))
    yield from _asked(payload)
    yield from _sent(payload)
    yield from _moved(entry, before)


def _asked(payload: Mapping[str, Any]) -> Iterator[Fact]:
    """What the application asked for."""
    for name, value in list(_mapping(payload.get("params")).items())[:_ASKS_NO_MORE]:
        yield Fact(name, " ".join(map(str, value)) if isinstance(value, list) else str(value), is_code=True)


def _sent(payload: Mapping[str, Any]) -> Iterator[Fact]:
    """What a refused request had sent, and where that differs from what is registered."""
    sent = _mapping(payload.get("sent"))
    client = find_client(str(sent.get("client_id", "")))
    if (client_id := sent.get("client_id")) and client is None:
        yield Fact(_("Application"), _("No application has the id “%s”.") % client_id)
    for name, value in sent.items():
        if name != "client_id":
            yield Fact(_("Sent as %s") % name, str(value), is_code=True)
            if client is not None:
                yield from _difference(client, name, str(value))


def _difference(client: Client, name: str, sent: str) -> Iterator[Fact]:
    nearest = nearest_registered(client, name, sent)
    if not nearest:
        yield Fact(_("Registered"), _("None is registered."))
        return
    yield Fact(_("Registered, most like it"), nearest, is_code=True)
    if difference := first_difference(nearest, sent):
        text = _("{component}: registered is {registered}, sent was {given}")
        registered, given = (format_html("<code>{}</code>", value or "–") for value in difference[1:])
        said = format_html(text, component=difference.component, registered=registered, given=given)
        yield Fact(_("First difference"), said)


def _moved(entry: AuditLog, before: AuditLog | None) -> Iterator[Fact]:
    """Another address or program than a step before: a link that was opened elsewhere, or the application's server."""
    if before is None:
        return
    address, agent = entry.payload.get("ip"), str(entry.payload.get("userAgent", ""))
    if address and address != before.payload.get("ip"):
        yield Fact(_("From another address"), str(address))
    if agent and agent != before.payload.get("userAgent"):
        yield Fact(_("By another program"), device_name(agent))


def _triggers(payload: Mapping[str, Any]) -> str:
    found = _list(_mapping(payload.get("adaptiveMfaResult")).get("triggeredRules"))
    return ", ".join(str(_mapping(each).get("rule", "")) for each in found)


def _proofs(payload: Mapping[str, Any]) -> str:
    records = _list(_mapping(payload.get("interaction")).get("verificationRecords"))
    return ", ".join(str(record["type"]) for record in map(_mapping, records) if record.get("verified"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
