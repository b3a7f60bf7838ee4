"""How an answer becomes JSON."""

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer


class JsonRenderer(JSONRenderer):
    """JSON in UTF-8; bytes are JSON already.

    A refusal may repeat what UTF-8 cannot hold, half a surrogate pair: that is escaped.
    """

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        if isinstance(data, bytes):
            return data
        try:
            return super().render(data, accepted_media_type, renderer_context)
        except UnicodeEncodeError:
            return json.dumps(data, cls=self.encoder_class).encode("ascii")
