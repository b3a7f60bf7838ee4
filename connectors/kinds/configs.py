"""Pieces of configuration that several kinds share."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Choice, Text
from connectors.mailboxes import MAX_MAILBOX_LENGTH, InvalidMailboxError, parse_mailbox
from connectors.messages import TemplateType

_REQUIRED_TYPES = ("SignIn", "Register", "ForgotPassword", "Generic")
#: What the form of an `ApprovedSmsConfig` begins with.
APPROVED_SMS_TEMPLATES = [
    {"usageType": usage_type, "content": "Your code is {{code}}."} for usage_type in _REQUIRED_TYPES
]
_MAX_TEMPLATES = 100
TEMPLATE_TYPES = [kind.value for kind in TemplateType]
_CONTENT_TYPES = ["text/plain", "text/html"]
# What goes into a header (RFC 9110 section 5.5) and into a URL's path: printable ASCII without spaces.
_TOKEN = re.compile(r"[!-~]+")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
#: What no header and no command of SMTP may hold.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Config(serializers.Serializer[Any]):
    """A configuration in which every key has an effect: one that has none is refused."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            data = {key: value for key, value in data.items() if value is not None}
            if unknown := data.keys() - self.fields.keys():
                refusal = [serializers.ErrorDetail(_("This key is not supported."), code="unrecognized_keys")]
                raise serializers.ValidationError(dict.fromkeys(sorted(map(str, unknown)), refusal))
        return super().to_internal_value(data)


class MailboxField(Text):
    """One mailbox, `address` or `name <address>`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_MAILBOX_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text:
            try:
                parse_mailbox(text)
            except InvalidMailboxError as error:
                raise serializers.ValidationError(str(error.reason)) from error
        return text


class TokenField(Text):
    """An API key, a password or an id of a provider: printable ASCII in one line."""

    def __init__(self, *, max_length: int = 1024, **options: Any) -> None:
        super().__init__(min_length=1, max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not _TOKEN.fullmatch(text):
            raise serializers.ValidationError(_("Only printable ASCII characters without spaces are allowed."))
        return text


class RsaKeyField(Text):
    """An RSA key in PEM, without a passphrase."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=1, max_length=16_384, trim_whitespace=True, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            key = load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise serializers.ValidationError(_("This is not a private key in PEM.")) from error
        if not isinstance(key, RSAPrivateKey):
            raise serializers.ValidationError(_("This is not an RSA key."))
        return text


class NameField(Text):
    """An id or a region that becomes a part of an address: letters, digits, hyphens and underscores."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=1, max_length=64, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not _NAME.fullmatch(text):
            raise serializers.ValidationError(_("Only letters, digits, hyphens and underscores are allowed."))
        return text


class EmailTemplateConfig(Config):
    """An email template inside a connector's configuration."""

    usageType = Choice(choices=TEMPLATE_TYPES)
    contentType = Choice(choices=_CONTENT_TYPES)
    subject = Text(max_length=512, min_length=1)
    content = Text(max_length=100_000, min_length=1)


class ProviderEmailTemplateConfig(EmailTemplateConfig):
    """An email template that need not say what its content is: HTML, or what `type` says."""

    contentType = Choice(choices=_CONTENT_TYPES, required=False)
    type = Choice(choices=_CONTENT_TYPES, required=False)


class SmsTemplateConfig(Config):
    """The words of a text message."""

    usageType = Choice(choices=TEMPLATE_TYPES)
    content = Text(max_length=1_600, min_length=1)


def require_types(present: Sequence[str]) -> None:
    """Refuse templates of which one is missing that every installation needs."""
    if missing := set(_REQUIRED_TYPES) - set(present):
        raise serializers.ValidationError(_("Templates are missing: %s") % ", ".join(sorted(missing)))


class _WithTemplates(Config):
    def validate_templates(self, templates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(templates) > _MAX_TEMPLATES:
            raise serializers.ValidationError(_("At most %s templates are allowed.") % _MAX_TEMPLATES)
        if templates or self.fields["templates"].required:
            require_types([template["usageType"] for template in templates])
        return templates


class TemplatedConfig(_WithTemplates):
    """A configuration with its own templates; without any, the built-in ones are used."""

    templates = EmailTemplateConfig(many=True, required=False)


class ProviderTemplatedConfig(_WithTemplates):
    """The same for a provider of email."""

    templates = ProviderEmailTemplateConfig(many=True, required=False)


class SmsTemplatedConfig(_WithTemplates):
    """The same for a provider of SMS."""

    templates = SmsTemplateConfig(many=True, required=False)


class ApprovedSmsConfig(_WithTemplates):
    """The same for one that takes no other words than those it has approved: there are no built-in ones."""

    templates = SmsTemplateConfig(many=True)


class TemplateCodesConfig(_WithTemplates):
    """A configuration whose messages are the provider's own templates; a kind says what names one."""
