"""The scripts and styles of every list that is searched by typing, loaded once and started once.

Django's and the theme's own widgets each bring a copy of select2 and a script that starts it: on a page with both,
every list was started twice and none opened.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import get_select2_language
from django.utils.translation import get_language

CSS_CLASS = "gh-picker"


# Spoken here, and by select2 under another name.
_OTHER_NAMES = {"zh-hk": "zh-TW"}


def _words_language() -> str | None:
    """Return select2's name for the active language; `None` if it does not speak it."""
    name: str | None = get_select2_language() or _OTHER_NAMES.get(get_language() or "")
    return name


class Picker:
    """Mixed into a select widget: replaces the scripts and the classes that its own would be started by."""

    # What the widget's own class declares would be added to what follows.
    Media: Any = None

    @property
    def media(self) -> forms.Media:
        extra, language = "" if settings.DEBUG else ".min", _words_language()
        return forms.Media(
            js=(
                f"admin/js/vendor/jquery/jquery{extra}.js",
                f"admin/js/vendor/select2/select2.full{extra}.js",
                *([f"admin/js/vendor/select2/i18n/{language}.js"] if language else []),
                "admin/js/jquery.init.js",
                "console/pickers.js",
            ),
            css={"screen": (f"admin/css/vendor/select2/select2{extra}.css", "admin/css/autocomplete.css")},
        )

    def build_attrs(self, *args: Any, **options: Any) -> dict[str, Any]:
        attributes: dict[str, Any] = super().build_attrs(*args, **options)  # type: ignore[misc]
        # In this language the list says that it searches, or found nothing.
        return {**attributes, "class": CSS_CLASS, "lang": _words_language() or "en"}
