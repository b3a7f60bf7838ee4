"""One question to a captcha's provider: bounded, and its silence is no yes."""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from connectors.oauth.calls import call, provider_text, read_object
from experience.captcha.base import CaptchaUnavailableError

_MAX_BYTES = 64_000


def ask(
    url: str,
    *,
    data: Mapping[str, str] | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """Send one POST request and return the status and the JSON object of the answer.

    Takes seconds at the most. Raises `CaptchaUnavailableError` if there is no answer or none that can be read.
    """
    try:
        answer = call("POST", url, data=data, body=body, headers=headers, max_bytes=_MAX_BYTES)
        return answer.status, read_object(answer)
    except AppError as error:
        raise CaptchaUnavailableError(error.code.removeprefix("connector.")) from error


def codes_of(value: Any) -> list[str]:
    """Return a provider's error codes, as far as they are short texts."""
    return [provider_text(code) for code in value[:8]] if isinstance(value, list) else []
