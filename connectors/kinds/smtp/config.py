"""What an SMTP connector can be told. A value that could not be used is refused here, with its reason."""

import re
import ssl
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.http import is_host
from common.rest.fields import Choice, Flag, Integer, Text
from connectors.kinds.configs import UNPRINTABLE, Config, MailboxField, TemplatedConfig
from connectors.kinds.smtp.credentials import OAUTH2, CredentialsField

# RFC 5322 section 2.2: printable ASCII without the colon.
_HEADER_NAME = re.compile(r"[!-9;-~]{1,64}")
# Written by Gatehouse for each message.
_OWN_HEADERS = re.compile(
    r"from|sender|to|cc|bcc|subject|reply-to|date|message-id|mime-version|content-.*|received|return-path",
    re.IGNORECASE,
)
_MAX_HEADERS = 50
_MAX_AUTHORITIES = 65_536

# The longest that nodemailer's defaults ask for, in milliseconds; the whole exchange is bounded besides.
_MAX_TIMEOUT = 600_000


class TlsConfig(Config):
    """How the server's certificate is checked, for STARTTLS and for TLS from the start."""

    rejectUnauthorized = Flag(required=False)
    servername = Text(required=False, min_length=1, max_length=253)
    minVersion = Choice(required=False, choices=["TLSv1.2", "TLSv1.3"])
    ca = Text(required=False, min_length=1, max_length=_MAX_AUTHORITIES)

    def validate_servername(self, value: str) -> str:
        if not is_host(value):
            raise serializers.ValidationError(_("This is not a host name."))
        return value

    def validate_ca(self, value: str) -> str:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=value)
        except (ssl.SSLError, ValueError) as error:
            raise serializers.ValidationError(_("These are not certificates in PEM.")) from error
        return value


class HeadersField(serializers.DictField):
    """Headers by name, besides those that every message has."""

    child = Text(max_length=998)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        headers: dict[str, str] = super().to_internal_value(data)
        if len(headers) > _MAX_HEADERS:
            raise serializers.ValidationError(_("At most %s headers are allowed.") % _MAX_HEADERS)
        if len({name.lower() for name in headers}) < len(headers):
            raise serializers.ValidationError(_("Each header can be set once."))
        for name, value in headers.items():
            if not _HEADER_NAME.fullmatch(name):
                raise serializers.ValidationError({name: [_("This is not the name of a header.")]})
            if _OWN_HEADERS.fullmatch(name):
                raise serializers.ValidationError({name: [_("This header is written by Gatehouse.")]})
            if UNPRINTABLE.search(value):
                raise serializers.ValidationError({name: [_("Line breaks and control characters are not allowed.")]})
        return headers


class SmtpConfig(TemplatedConfig):
    """The contract's configuration. Time-outs are in milliseconds."""

    host = Text(min_length=1, max_length=253)
    port = Integer(min_value=1, max_value=65_535)
    auth = CredentialsField(required=False)
    fromEmail = MailboxField(min_length=1)
    replyTo = MailboxField(required=False)
    secure = Flag(required=False)
    requireTLS = Flag(required=False)
    ignoreTLS = Flag(required=False)
    tls = TlsConfig(required=False)
    dnsTimeout = Integer(required=False, min_value=1, max_value=_MAX_TIMEOUT)
    connectionTimeout = Integer(required=False, min_value=1, max_value=_MAX_TIMEOUT)
    greetingTimeout = Integer(required=False, min_value=1, max_value=_MAX_TIMEOUT)
    socketTimeout = Integer(required=False, min_value=1, max_value=_MAX_TIMEOUT)
    customHeaders = HeadersField(required=False)

    def validate_host(self, value: str) -> str:
        if not is_host(value):
            raise serializers.ValidationError(_("This is not a host name."))
        return value

    def validate(self, attributes: dict[str, Any]) -> dict[str, Any]:
        if attributes.get("ignoreTLS"):
            for key in ("secure", "requireTLS", "tls"):
                if attributes.get(key):
                    raise serializers.ValidationError({key: [_("This has no effect together with ignoreTLS.")]})
            if attributes.get("auth", {}).get("type") == OAUTH2:
                raise serializers.ValidationError({"ignoreTLS": [_("Access tokens are sent over TLS alone.")]})
        return attributes
