"""The console's look: its colors, and how the signed-in developer appears."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

_INDIGO = {
    "50": "oklch(96.2% .018 272.314)",
    "100": "oklch(93% .034 272.788)",
    "200": "oklch(87% .065 274.039)",
    "300": "oklch(78.5% .115 274.713)",
    "400": "oklch(67.3% .182 276.935)",
    "500": "oklch(58.5% .233 277.117)",
    "600": "oklch(51.1% .262 276.966)",
    "700": "oklch(45.7% .24 277.023)",
    "800": "oklch(39.8% .195 277.366)",
    "900": "oklch(35.9% .144 278.697)",
    "950": "oklch(25.7% .09 281.288)",
}
_GREY = {
    "50": "oklch(98.4% .003 247.858)",
    "100": "oklch(96.8% .007 247.896)",
    "200": "oklch(92.9% .013 255.508)",
    "300": "oklch(86.9% .022 252.894)",
    "400": "oklch(70.4% .03 256.788)",
    "500": "oklch(52% .036 257.417)",
    "600": "oklch(44.6% .037 257.281)",
    "700": "oklch(37.2% .037 257.287)",
    "800": "oklch(27.9% .033 260.031)",
    "900": "oklch(20.8% .03 265.755)",
    "950": "oklch(12.9% .028 264.695)",
}
_FONT = {
    "subtle-light": "var(--color-base-500)",
    "subtle-dark": "var(--color-base-400)",
    "default-light": "var(--color-base-600)",
    "default-dark": "var(--color-base-300)",
    "important-light": "var(--color-base-900)",
    "important-dark": "var(--color-base-100)",
}
COLORS = {"base": _GREY, "primary": _INDIGO, "font": _FONT}


@dataclass(frozen=True, slots=True)
class DisplayUser:
    """A developer in the words of the theme's templates."""

    get_full_name: str
    get_username: str
    email: str
    avatar_url: str = ""
    has_usable_password: bool = False
    is_authenticated: bool = True


def display_user(request: HttpRequest) -> DisplayUser:
    """Return how the signed-in developer is shown in the corner of every page."""
    user: Any = request.user
    return DisplayUser(str(user), user.username or user.id, user.primary_email or user.username or "")
