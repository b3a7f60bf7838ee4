"""The scripts and styles of every list that is searched by typing, loaded once and started once.

Django's and the theme's own widgets each bring a copy of select2 and a script that starts it: on a page with both,
every list was started twice and none opened.
"""

from typing import Any

from django import forms
from django.conf import settings

CSS_CLASS = "gh-picker"


class Picker:
    """Mixed into a select widget: replaces the scripts and the classes that its own would be started by."""

    # What the widget's own class declares would be added to what follows.
    Media: Any = None

    @property
    def media(self) -> forms.Media:
        extra = "" if settings.DEBUG else ".min"
        return forms.Media(
            js=(
                f"admin/js/vendor/jquery/jquery{extra}.js",
                f"admin/js/vendor/select2/select2.full{extra}.js",
                "admin/js/jquery.init.js",
                "console/pickers.js",
            ),
            css={"screen": (f"admin/css/vendor/select2/select2{extra}.css", "admin/css/autocomplete.css")},
        )

    def build_attrs(self, *args: Any, **options: Any) -> dict[str, Any]:
        attributes: dict[str, Any] = super().build_attrs(*args, **options)  # type: ignore[misc]
        return {**attributes, "class": CSS_CLASS}
