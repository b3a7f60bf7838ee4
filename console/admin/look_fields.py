"""Controls of the look: colors, pictures that are uploaded or named by their address, and a style sheet.

The sign-in experience has them all; applications and organizations have `LookFields`, laid over the tenant's.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from common.web_addresses import MAX_ADDRESS_LENGTH
from console.admin.fields import select, validate_address
from tenants.files.pictures import ASSET_TYPES
from tenants.files.storage import is_configured


class _DressedInput(widgets.UnfoldAdminTextInputWidget):
    """A text field in a template that adds to it."""

    template = ""

    def __init__(self, *, label: Any, attrs: dict[str, Any], **options: Any) -> None:
        super().__init__(attrs=attrs)
        self.options = {"label": label, **options}

    class Media:
        js = ("console/look.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        field = super().render(name, value, attrs, renderer)
        is_locked = bool((attrs or {}).get("disabled"))
        context = {"field": field, "value": value or "", "is_locked": is_locked, **self.options, **self.more()}
        return render_to_string(self.template, context)

    def more(self) -> dict[str, Any]:
        """Return what else the template draws."""
        return {}


class ColorInput(_DressedInput):
    """A color by its digits, or picked."""

    template = "console/parts/color.html"


class PictureInput(_DressedInput):
    """A picture: dropped, chosen, or named by its address."""

    template = "console/parts/picture.html"

    def more(self) -> dict[str, Any]:
        return {"accepted": ",".join(ASSET_TYPES), "can_upload": is_configured()}


def color(*, label: Any, help_text: Any = "", lighter_of: str = "", is_override: bool = False, **options: Any) -> Any:
    """Return a field for a color. `lighter_of` is the field's id from which a color for dark pages may follow."""
    options.setdefault("required", False)
    attrs = {"maxlength": "7", "spellcheck": "false", "autocomplete": "off", "placeholder": "#" if is_override else ""}
    widget = ColorInput(label=label, attrs=attrs, lighter_of=lighter_of, is_override=is_override)
    return forms.CharField(label=label, help_text=help_text, widget=widget, **options)


def picture(*, label: Any, help_text: Any = "", on_dark: bool = False) -> Any:
    """Return a field for a picture's address, with an upload."""
    widget = PictureInput(label=label, attrs={"placeholder": "https://", "spellcheck": "false"}, on_dark=on_dark)
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=MAX_ADDRESS_LENGTH,
        validators=[validate_address],
        widget=widget,
    )


def style_sheet(*, label: Any) -> Any:
    """Return a field for custom CSS."""
    return forms.CharField(
        label=label,
        required=False,
        # White space at its ends is the developer's.
        strip=False,
        help_text=_("Addresses in it lead to uploaded files (/files/…) or data: alone."),
        widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 8, "class": "gh-mono", "spellcheck": "false"}),
    )


_MODES = {"on": True, "off": False}
# Form field -> column and member.
_MEMBERS = {
    "look_color": ("color", "primaryColor"),
    "look_dark_mode": ("color", "isDarkModeEnabled"),
    "look_dark_color": ("color", "darkPrimaryColor"),
    "look_logo": ("branding", "logoUrl"),
    "look_dark_logo": ("branding", "darkLogoUrl"),
    "look_favicon": ("branding", "favicon"),
    "look_dark_favicon": ("branding", "darkFavicon"),
}
LOOK_FIELDS = (*_MEMBERS, "look_css")
LOOK_ERROR_FIELDS = {f"{column}.{member}": field for field, (column, member) in _MEMBERS.items()}
LOOK_ERROR_FIELDS["customCss"] = "look_css"
LOOK_DESCRIPTION = _("What is empty here looks as in the tenant's sign-in experience.")


class LookFields(forms.Form):
    """The look of an application or an organization; its form adds these fields to its own."""

    look_color = color(label=_("Brand color"), is_override=True)
    look_dark_mode = select(
        label=_("Dark mode"), choices=[("", _("As the tenant")), ("on", _("On")), ("off", _("Off"))]
    )
    look_dark_color = color(label=_("Brand color on dark"), is_override=True, lighter_of="id_look_color")
    look_logo = picture(label=_("Logo"))
    look_dark_logo = picture(label=_("Logo on dark"), on_dark=True)
    look_favicon = picture(label=_("Favicon"))
    look_dark_favicon = picture(label=_("Favicon on dark"), on_dark=True)
    look_css = style_sheet(label=_("Custom CSS"))


def initial_look(row: Any) -> dict[str, Any]:
    """Return what the fields show of a row with `color`, `branding` and `custom_css`; of none, nothing."""
    if row is None:
        return {}
    values = {field: getattr(row, column).get(member, "") for field, (column, member) in _MEMBERS.items()}
    values["look_dark_mode"] = {True: "on", False: "off"}.get(values["look_dark_mode"], "")
    return {**values, "look_css": row.custom_css or ""}


def changed_look(row: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changed columns whole, for the service; what has no field stays in them."""
    columns: dict[str, Any] = {}
    for field, (column, member) in _MEMBERS.items():
        if field not in changes:
            continue
        held = columns.setdefault(column, dict(getattr(row, column)) if row is not None else {})
        value = _MODES.get(changes[field]) if field == "look_dark_mode" else changes[field]
        if value is None or value == "":
            held.pop(member, None)
        else:
            held[member] = value
    if "look_css" in changes:
        columns["custom_css"] = changes["look_css"] or None
    return columns
