"""Email by the backends of django-anymail, each with the configuration of one connector.

The library writes the request and reads the answer; the request itself is sent like every other of the house, so that
checks of addresses, time-outs and bounds hold.
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailNotSupportedWarning,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.core.mail import EmailMultiAlternatives
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter

from connectors.factories import OutgoingMessage
from connectors.failures import DeliveryError, FailureKind, in_one_line
from connectors.kinds.envelopes import Envelope, bodies_of, in_header_form, subject_of
from connectors.kinds.provider_http import refusal, send_request

# The library has stopped testing against SendGrid, and says so at every message; the API is stable and tested here.
warnings.filterwarnings("ignore", category=AnymailNotSupportedWarning)

# What an accepted message's recipient has, by the library's words.
_TAKEN = frozenset({"sent", "queued"})
_SENT_HEADERS = frozenset({"authorization", "content-type", "accept", "x-postmark-server-token"})

# Reads the provider's own code and words out of the JSON of a refusal.
Reader = Callable[[Any], tuple[object, object]]


class _HouseAdapter(BaseAdapter):
    """Sends what the library prepared."""

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        # Without attachments it is a form or JSON in one piece.
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() in _SENT_HEADERS}
        content = body if isinstance(body, bytes) else b""
        answer = send_request(request.method or "POST", request.url or "", headers=headers, content=content)
        if 300 <= answer.status < 400:
            # The library would follow it, with the key, to wherever it leads.
            raise refusal(answer.status)
        response = Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response._content = answer.body
        response.encoding = "utf-8"
        response.request = request
        response.url = request.url or ""
        return response

    def close(self) -> None:
        """Nothing is kept open."""


def _session() -> Session:
    session = Session()
    # Neither a proxy nor a password of the machine's environment.
    session.trust_env = False
    session.mount("https://", _HouseAdapter())
    session.mount("http://", _HouseAdapter())
    return session


def prepare_email(message: OutgoingMessage, envelope: Envelope) -> Any:
    """Return a message as the library takes it."""
    text, html = bodies_of(message)
    mail = EmailMultiAlternatives(
        subject=subject_of(message),
        body=text or html,
        from_email=in_header_form(envelope.sender),
        to=[envelope.recipient],
        reply_to=[in_header_form(envelope.reply_to)] if envelope.reply_to else None,
    )
    if text and html:
        mail.attach_alternative(html, "text/html")
    elif html:
        mail.content_subtype = "html"
    return mail


def prepare_templated_email(envelope: Envelope, *, subject: str = "") -> Any:
    """Return a message whose words the provider has."""
    return EmailMultiAlternatives(
        subject=subject,
        body="",
        from_email=in_header_form(envelope.sender),
        to=[envelope.recipient],
        reply_to=[in_header_form(envelope.reply_to)] if envelope.reply_to else None,
    )


def send_by_backend(
    backend: Any,
    mail: Any,
    *,
    read: Reader,
    kinds: Mapping[str, FailureKind] | None = None,
) -> None:
    """Send by a backend of the library, or raise `DeliveryError`.

    `read` and `kinds` tell why a message was refused, as in `provider_http.refusal`.
    """
    backend.session = _session()
    try:
        backend.send_messages([mail])
    except AnymailRecipientsRefused:
        raise DeliveryError(FailureKind.RECIPIENT_REFUSED, permanent=True) from None
    except AnymailInvalidAddress:
        raise DeliveryError(FailureKind.ADDRESS_NOT_SUPPORTED) from None
    except AnymailRequestsAPIError as error:
        raise _refusal(error, read, kinds) from None
    except AnymailError:
        raise DeliveryError(FailureKind.INTERNAL, permanent=True) from None
    finally:
        backend.close()
    if not _TAKEN & set(mail.anymail_status.status or ()):
        raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)


def _refusal(error: Any, read: Reader, kinds: Mapping[str, FailureKind] | None) -> DeliveryError:
    response = error.response
    if response is None:
        return DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)
    try:
        code, words = read(response.json())
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        code, words = None, in_one_line(response.text)
    return refusal(response.status_code, code=code, words=words, kinds=kinds)
