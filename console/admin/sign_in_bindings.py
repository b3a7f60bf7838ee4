"""Which form field is which member of the sign-in settings on the wire, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from console.admin.setting_paths import Paths, fields_by_place, member_with, values_at
from experience.settings_shape import SIGN_IN_EXPERIENCE

PATHS: Paths = {
    "primary_color": ("color", "primaryColor"),
    "dark_mode": ("color", "isDarkModeEnabled"),
    "dark_primary_color": ("color", "darkPrimaryColor"),
    "logo_url": ("branding", "logoUrl"),
    "dark_logo_url": ("branding", "darkLogoUrl"),
    "favicon": ("branding", "favicon"),
    "dark_favicon": ("branding", "darkFavicon"),
    "custom_css_": ("customCss",),
    "mode": ("signInMode",),
    "terms_url": ("termsOfUseUrl",),
    "privacy_url": ("privacyPolicyUrl",),
    "agree_policy": ("agreeToTermsPolicy",),
    "support_email_": ("supportEmail",),
    "support_website": ("supportWebsiteUrl",),
    "unknown_session_url": ("unknownSessionRedirectUrl",),
    "auto_detect": ("languageInfo", "autoDetect"),
    "fallback_language": ("languageInfo", "fallbackLanguage"),
    "forgot_password": ("forgotPasswordMethods",),
    "social_targets": ("socialSignInConnectorTargets",),
    "social_linking": ("socialSignIn", "automaticAccountLinking"),
    "social_skips": ("socialSignIn", "skipRequiredIdentifiers"),
    "username_min": ("usernamePolicy", "minLength"),
    "username_max": ("usernamePolicy", "maxLength"),
    "username_case": ("usernamePolicy", "caseSensitive"),
}
CHARACTERS = ("lowercase", "uppercase", "numbers", "underscore")
METHODS = ("username", "email", "phone")
COLORS = ("primary_color", "dark_primary_color")
# Place on the wire -> form field: where a refusal is shown.
FIELD_AT: Mapping[str, str] = fields_by_place(PATHS)
# Fields that make up a member together.
_SIGN_UP = ("sign_up_identifier", "sign_up_secondary", "sign_up_password", "sign_up_verify")
_SIGN_IN = tuple(f"method_{kind}" for kind in METHODS)
_CHARACTERS = "username_characters"

_PROFILE_FIELDS = ("profile_fields_all", "profile_fields")

FIELDS_OF_MEMBER: dict[str, list[str]] = {
    "signUp": list(_SIGN_UP),
    "signIn": list(_SIGN_IN),
    "signUpProfileFields": list(_PROFILE_FIELDS),
}
for _name, _path in PATHS.items():
    FIELDS_OF_MEMBER.setdefault(_path[0], []).append(_name)
FIELDS_OF_MEMBER["usernamePolicy"].append(_CHARACTERS)

# How a kind of identifier signs in: (password, code, password first).
_MODES: Mapping[str, tuple[bool, bool, bool]] = {
    "password": (True, False, True),
    "code": (False, True, False),
    "password-code": (True, True, True),
    "code-password": (True, True, False),
}


def to_form(wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings as the form's values."""
    full = SIGN_IN_EXPERIENCE.fill(wire)
    values = values_at(full, PATHS)
    for field in COLORS:
        values[field] = _six_digits(values[field])
    if values["forgot_password"] is None:
        values["forgot_password"] = ["EmailVerificationCode", "PhoneVerificationCode"]
    values[_CHARACTERS] = [name for name, allowed in full["usernamePolicy"]["allowedChars"].items() if allowed]
    sign_up = full["signUp"]
    values["sign_up_identifier"] = " ".join(sign_up["identifiers"])
    values["sign_up_secondary"] = [row["identifier"] for row in sign_up.get("secondaryIdentifiers") or []]
    values["sign_up_password"], values["sign_up_verify"] = sign_up["password"], sign_up["verify"]
    asked = full["signUpProfileFields"]
    values["profile_fields_all"] = asked is None
    values["profile_fields"] = [row["name"] for row in asked or []]
    held = {row["identifier"]: row for row in full["signIn"]["methods"]}
    for kind in METHODS:
        values[f"method_{kind}"] = _mode_of(held[kind]) if kind in held else ""
    return values


def _six_digits(color: str) -> str:
    """`#abc` is stored as well as `#aabbcc`; a browser's color field knows only the latter."""
    return f"#{''.join(digit * 2 for digit in color[1:])}" if len(color) == len("#abc") else color.lower()


def _mode_of(row: Mapping[str, Any]) -> str:
    wanted = (row["password"], row["verificationCode"])
    fitting = [name for name, mode in _MODES.items() if mode[:2] == wanted]
    return next((name for name in fitting if _MODES[name][2] == row["isPasswordPrimary"]), fitting[0])


def to_changes(values: Mapping[str, Any], changed: Iterable[str], wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that the developer's changes touch, whole, as `update_sign_in_experience` takes them."""
    touched = set(changed)
    members = [member for member, fields in FIELDS_OF_MEMBER.items() if touched.intersection(fields)]
    full = SIGN_IN_EXPERIENCE.fill(wire)
    return {member: _member(member, values, full) for member in members}


def _member(member: str, values: Mapping[str, Any], full: Mapping[str, Any]) -> Any:
    if member == "signUp":
        return _sign_up(values, full["signUp"])
    if member == "signIn":
        return _sign_in(values, full["signIn"])
    if member == "signUpProfileFields":
        return None if values["profile_fields_all"] else [{"name": name} for name in values["profile_fields"]]
    fields = FIELDS_OF_MEMBER[member]
    result = member_with(full[member], values, [field for field in fields if field in PATHS], PATHS)
    if _CHARACTERS in fields:
        result["allowedChars"] = {name: name in values[_CHARACTERS] for name in CHARACTERS}
    return result


def _sign_up(values: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    verify = {row["identifier"]: bool(row.get("verify")) for row in stored.get("secondaryIdentifiers") or []}
    secondary = [
        {"identifier": kind, "verify": verify.get(kind, kind != "username")} for kind in values["sign_up_secondary"]
    ]
    return {
        "identifiers": values["sign_up_identifier"].split(),
        "password": values["sign_up_password"],
        "verify": values["sign_up_verify"],
        **({"secondaryIdentifiers": secondary} if secondary else {}),
    }


def _sign_in(values: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    order = [row["identifier"] for row in stored["methods"]]
    kinds = sorted(METHODS, key=lambda kind: order.index(kind) if kind in order else len(order))
    methods = []
    for kind in kinds:
        if mode := _MODES.get(values[f"method_{kind}"]):
            password, code, first = mode
            row = {"password": password, "verificationCode": code, "isPasswordPrimary": first}
            methods.append({"identifier": kind, **row})
    return {"methods": methods}
