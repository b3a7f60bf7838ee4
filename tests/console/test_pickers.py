"""Lists that are searched by typing speak the developer's language: they said "No results found" to everybody."""

import pytest
from django.conf import settings
from django.utils import translation

from console.admin.fields import PickField


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_list_speaks_every_language_of_ours(language: str) -> None:
    with translation.override(language):
        widget = PickField(choices=[]).widget
        words = [path for path in widget.media._js if "/i18n/" in path]
        assert len(words) == 1
        html = widget.render("roles", [])
    name = words[0].rpartition("/")[2].removesuffix(".js")
    assert f'lang="{name}"' in html
    assert name.split("-")[0] == language.split("-")[0]
