"""Why a message was not delivered, in kinds that name nobody: they are logged, stored and shown."""

from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.http import HostNotFoundError, OutboundRequestError, RefusedAddressError, TimedOutError

# Of a server's words, in characters: what is looked at, and what is shown.
_MOST_READ = 2_000
_MAX_LENGTH = 300


class FailureKind(StrEnum):
    """What went wrong; the values are the wire's `reason`."""

    CONNECTOR_REMOVED = "connector_removed"
    HOST_REFUSED = "host_refused"
    HOST_NOT_FOUND = "host_not_found"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TLS_NOT_OFFERED = "tls_not_offered"
    TLS_FAILED = "tls_failed"
    CREDENTIALS_NOT_ASKED = "credentials_not_asked"
    CREDENTIALS_REFUSED = "credentials_refused"
    SENDER_REFUSED = "sender_refused"
    RECIPIENT_REFUSED = "recipient_refused"
    ADDRESS_NOT_SUPPORTED = "address_not_supported"
    MESSAGE_REFUSED = "message_refused"
    RATE_LIMITED = "rate_limited"
    ACCOUNT_LIMITED = "account_limited"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    TEMPLATE_NOT_FOUND = "template_not_found"
    UNEXPECTED_ANSWER = "unexpected_answer"
    INTERNAL = "internal"


class _Spec(NamedTuple):
    text: str | Promise
    is_permanent: bool = False


_SPECS = {
    FailureKind.CONNECTOR_REMOVED: _Spec(_("The connector was removed before the message was sent."), True),
    FailureKind.HOST_REFUSED: _Spec(_("Connections to the server's address are not allowed."), True),
    FailureKind.HOST_NOT_FOUND: _Spec(_("The server's name could not be found in DNS.")),
    FailureKind.UNREACHABLE: _Spec(_("The server could not be reached, or closed the connection.")),
    FailureKind.TIMED_OUT: _Spec(_("The server took too long to answer.")),
    FailureKind.TLS_NOT_OFFERED: _Spec(_("TLS is required, and the server does not offer it."), True),
    FailureKind.TLS_FAILED: _Spec(_("No trusted TLS connection could be made to the server.")),
    FailureKind.CREDENTIALS_NOT_ASKED: _Spec(_("The server offers no way to log in that is supported."), True),
    FailureKind.CREDENTIALS_REFUSED: _Spec(_("The server does not accept the credentials.")),
    FailureKind.SENDER_REFUSED: _Spec(_("The server does not accept the sender.")),
    FailureKind.RECIPIENT_REFUSED: _Spec(_("The server does not accept the recipient.")),
    FailureKind.ADDRESS_NOT_SUPPORTED: _Spec(
        _("An address has letters beyond ASCII before the @ sign, and the server does not offer SMTPUTF8 (RFC 6531)."),
        True,
    ),
    FailureKind.MESSAGE_REFUSED: _Spec(_("The server does not accept the message.")),
    FailureKind.RATE_LIMITED: _Spec(_("The provider takes no more messages at the moment.")),
    FailureKind.ACCOUNT_LIMITED: _Spec(
        _("The account at the provider is suspended, over its quota or out of credit."), True
    ),
    FailureKind.PROVIDER_UNAVAILABLE: _Spec(_("The provider has a problem of its own.")),
    FailureKind.TEMPLATE_NOT_FOUND: _Spec(
        _("There is no template for this message, or the provider does not accept it."), True
    ),
    FailureKind.UNEXPECTED_ANSWER: _Spec(_("The server's answer could not be understood.")),
    FailureKind.INTERNAL: _Spec(_("The message could not be handed over. The log of the installation says where.")),
}


def in_one_line(text: str) -> str:
    """Return a server's words as they may be shown to whoever set the connector up: one line, bounded."""
    printable = "".join(character if character.isprintable() else " " for character in text[:_MOST_READ])
    return " ".join(printable.split())[:_MAX_LENGTH]


def describe_failure(kind: str) -> str:
    """Return a kind in words, in the active language; the kind itself if it is none of this version."""
    return str(_SPECS[FailureKind(kind)].text) if kind in list(FailureKind) else kind


class DeliveryError(Exception):
    """The message was not accepted. Worth another try unless `permanent`.

    Its text names nobody. `detail` is what the server said: it may name the recipient, so it is shown to whoever sends
    a test message, and is neither logged nor stored.
    """

    def __init__(self, kind: FailureKind, detail: str = "", *, permanent: bool | None = None) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.detail = detail
        self.permanent = _SPECS[kind].is_permanent if permanent is None else permanent

    @classmethod
    def from_outbound(cls, error: OutboundRequestError) -> "DeliveryError":
        """Return why a server was not connected to, or did not answer."""
        match error:
            case RefusedAddressError():
                return cls(FailureKind.HOST_REFUSED, str(error))
            case HostNotFoundError():
                return cls(FailureKind.HOST_NOT_FOUND)
            case TimedOutError():
                return cls(FailureKind.TIMED_OUT)
        return cls(FailureKind.UNREACHABLE, str(error))

    @property
    def explanation(self) -> str:
        """The kind in words, with what the server said."""
        return " ".join(filter(None, (describe_failure(self.kind), self.detail)))
