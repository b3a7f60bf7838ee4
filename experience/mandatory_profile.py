"""Which profile an account must have before a sign-in may end. Pure rules."""

from collections.abc import Collection

from experience.sign_in_settings import SignUp

# The order in which missing parts are reported, and asked for.
_ORDER = ("username", "emailOrPhone", "email", "phone", "password")


def list_mandatory(sign_up: SignUp) -> set[str]:
    """Return the parts that signing up asks for; `emailOrPhone` means either."""
    primary = set(sign_up.identifiers)
    mandatory: set[str] = set()
    if "username" in primary:
        mandatory.add("username")
    elif primary >= {"email", "phone"}:
        mandatory.add("emailOrPhone")
    else:
        mandatory |= primary
    mandatory.update(sign_up.secondary)
    if sign_up.password:
        mandatory.add("password")
    return mandatory


def list_missing(sign_up: SignUp, held: Collection[str]) -> list[str]:
    """Return the mandatory parts that are not among those held, in the order in which to ask for them."""

    def is_held(part: str) -> bool:
        if part == "emailOrPhone":
            return "email" in held or "phone" in held
        return part in held

    mandatory = list_mandatory(sign_up)
    return [part for part in _ORDER if part in mandatory and not is_held(part)]
