"""What a tenant says of a connector of a standard kind: its target, its name and its logos."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.shapes import Members, Text, Values, WebAddress, validate
from common.shapes.base import Shape, refuse

MAX_TARGET_LENGTH = 128
_MAX_NAME_LENGTH = 128
_MAX_LANGUAGES = 64
# It is a part of addresses (`/identities/<target>`, `direct_sign_in=social:<target>`) and needs no escaping in them.
_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, kw_only=True)
class _Target(Text):
    """The name under which users' accounts are linked."""

    max_length: int = MAX_TARGET_LENGTH

    def _check(self, value: str, path: str) -> None:
        if value and not _TARGET.fullmatch(value):
            raise refuse(path, "invalid", _("A target has letters, digits and . _ ~ - alone."))


@dataclass(frozen=True, kw_only=True)
class _Phrases(Shape):
    """A text in languages, English among them."""

    def _read(self, value: Any, path: str) -> dict[str, str]:
        name = Text(min_length=1, max_length=_MAX_NAME_LENGTH)
        phrases: dict[str, str] = Values(of=name, max_items=_MAX_LANGUAGES).read(value, path)
        for tag in phrases:
            if not _LANGUAGE.fullmatch(tag):
                raise refuse(path, "invalid", _("The keys are language tags, such as en or pt-BR."))
        if "en" not in phrases:
            raise refuse(f"{path}.en", "required", _("This field is required."))
        return phrases


METADATA = Members(
    {
        "target": _Target(),
        "name": _Phrases(),
        "logo": WebAddress(allows_empty=True),
        "logoDark": WebAddress(allows_empty=True, nullable=True),
    }
)


def cleaned_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return metadata as it is stored, without what is empty; raises `guard.invalid_input`."""
    read = validate(METADATA, metadata, path="metadata")
    return {name: value for name, value in read.items() if value}
