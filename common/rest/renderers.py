"""How an answer becomes JSON."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_encode_in_ascii = JSONEncoder().encode


def to_json(data: Any) -> bytes:
    """Return JSON in UTF-8, nothing for `None`, also fit for a script (`U+2028`, `U+2029`); bytes are JSON already.

    A refusal may repeat what UTF-8 cannot hold, half a surrogate pair: that is escaped.
    """
    if data is None or isinstance(data, bytes):
        return data or b""
    try:
        return _encode(data).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()
    except UnicodeEncodeError:
        return _encode_in_ascii(data).encode("ascii")


class JsonRenderer(JSONRenderer):
    """REST framework's renderer, for the views that negotiate."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        return to_json(data)
