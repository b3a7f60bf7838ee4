"""The shape of keys that providers issue: they go into addresses, headers and markup."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from common.shapes import Text
from common.shapes.base import refuse

_KEY = re.compile(r"[\x21-\x7e]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Key(Text):
    """A key or an id: printable ASCII without spaces."""

    min_length: int = 1
    max_length: int = 512

    def _check(self, value: str, path: str) -> None:
        if not _KEY.fullmatch(value):
            raise refuse(path, "invalid", _("This is not a key."))
