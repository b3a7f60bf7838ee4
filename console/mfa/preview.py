"""What users will meet with the values of the form, in sentences: new ones, existing ones, members."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.mfa.choices import FACTORS, Words
from experience.mfa_settings import ADAPTIVE_POLICIES

_AT_SIGN_UP = frozenset({"Mandatory", "PromptAtSignInAndSignUp", "PromptAtSignInAndSignUpMandatory"})
_NO_SKIP = ADAPTIVE_POLICIES | {"Mandatory"}


class Viewpoint(NamedTuple):
    """A kind of user, an icon for them, and what they will meet, in order."""

    who: Words
    icon: str
    lines: list[Words]


def preview(values: Mapping[str, Any]) -> list[Viewpoint]:
    """Return what each kind of user sees. `values` are the form's, saved or not."""
    return [
        Viewpoint(_("A new user"), "person_add", [*_sign_up(values), *_backup_codes(values), *_passkey_offer(values)]),
        Viewpoint(_("A user without a second factor"), "person", _sign_in_without(values)),
        Viewpoint(_("A user with a second factor"), "verified_user", _sign_in_with(values)),
        Viewpoint(_("A member of an organization that requires MFA"), "domain", _member(values)),
    ]


def _offered(values: Mapping[str, Any]) -> str:
    """The factors that can be set up or are there already, by name; backup codes come on top of them."""
    names = [str(choice.title) for field, choice in FACTORS.items() if values.get(field) and field != "backup_codes"]
    return ", ".join(names)


def _sign_up(values: Mapping[str, Any]) -> list[Words]:
    factors, policy = _offered(values), values["policy"]
    if not factors:
        return [_("Signs up without a second factor.")]
    if policy in _AT_SIGN_UP and policy in _NO_SKIP:
        return [_("Has to set up one of these to finish signing up: %s.") % factors]
    if policy in _AT_SIGN_UP:
        return [_("Is invited to set up one of these, and may skip it: %s.") % factors]
    if policy == "NoPrompt":
        return [_("Is not asked for a second factor, and may set one up in the account.")]
    return [_("Signs up without a second factor; the next sign-in asks for one.")]


def _backup_codes(values: Mapping[str, Any]) -> list[Words]:
    return [_("Whoever sets up a factor gets ten backup codes to keep.")] if values.get("backup_codes") else []


def _passkey_offer(values: Mapping[str, Any]) -> list[Words]:
    return [_("Is invited to create a passkey, and may skip it.")] if values.get("passkey_sign_in") else []


def _sign_in_without(values: Mapping[str, Any]) -> list[Words]:
    factors, policy = _offered(values), values["policy"]
    if not factors:
        said: list[Words] = [_("Signs in.")]
    elif policy in _NO_SKIP:
        said = [_("Has to set up one of these before the sign-in ends: %s.") % factors]
    elif policy == "NoPrompt":
        said = [_("Signs in, and is not asked to set one up.")]
    else:
        said = [_("Is invited to set up one of these, and may skip it: %s.") % factors]
    return [*said, *_passkey_offer(values)]


def _sign_in_with(values: Mapping[str, Any]) -> list[Words]:
    if not _offered(values):
        said: list[Words] = [_("Is not asked for it: no factor is switched on.")]
    elif values["policy"] in ADAPTIVE_POLICIES:
        said = [_("Is asked for it when the sign-in is unusual, and else is not.")]
    elif values["policy"] == "Mandatory":
        said = [_("Is asked for it at every sign-in.")]
    else:
        said = [_("Is asked for it at every sign-in, unless they have switched that off in their account.")]
    # What is unusual is asked about on a trusted device, too.
    if _offered(values) and values.get("trusted_device") and values["policy"] not in ADAPTIVE_POLICIES:
        days = values["trusted_device_days"]
        said.append(
            ngettext(
                "May trust a device, which is then not asked for %d day.",
                "May trust a device, which is then not asked for %d days.",
                days,
            )
            % days
        )
    if values.get("passkey_sign_in"):
        said.append(_passkey(values))
    return said


def _passkey(values: Mapping[str, Any]) -> Words:
    button, autofill = values.get("passkey_button"), values.get("passkey_autofill")
    if button and autofill:
        return _("Signs in with a passkey by the button or from the field's suggestions, and needs nothing else.")
    if button:
        return _("Signs in with a passkey by the button, and needs nothing else.")
    if autofill:
        return _("Signs in with a passkey from the field's suggestions, and needs nothing else.")
    return _("Signs in with a passkey after entering the identifier, and needs nothing else.")


def _member(values: Mapping[str, Any]) -> list[Words]:
    factors = _offered(values)
    if not factors:
        return [_("Gets no access to that organization: no factor is switched on.")]
    must = values["organization_policy"] == "Mandatory" or values["policy"] in _NO_SKIP
    said: list[Words] = (
        [_("Has to set up one of these, and cannot skip it: %s.") % factors]
        if must
        else [_("Signs in as everybody does.")]
    )
    if not (values.get("webauthn") or values.get("totp")):
        return [*said, _("Gets no tokens for that organization: it takes an authenticator app or a passkey.")]
    return [*said, _("Gets tokens for that organization once an authenticator app or a passkey is set up.")]
