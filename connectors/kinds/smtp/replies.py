"""What an SMTP server answered (RFC 5321 section 4.2)."""

from connectors.failures import DeliveryError, FailureKind, in_one_line


def describe_reply(code: int, text: bytes | str) -> str:
    """Return an answer as it may be shown to whoever set the connector up: one line, bounded."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return in_one_line(f"{code} {said}")


def refusal(kind: FailureKind, code: int, text: bytes | str) -> DeliveryError:
    """Return a refusal for good if the server says so; with a code of 4xx it may take the same later on."""
    return DeliveryError(kind, describe_reply(code, text), permanent=500 <= code < 600)
