"""Senders and reply addresses: one mailbox, with or without a name (RFC 5322 section 3.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.email_addresses import has_email_form, with_canonical_domain
from connectors.messages import fill

MAX_MAILBOX_LENGTH = 320

# Controls, line separators and halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_QUOTED = re.compile(r'"(?P<name>(?:[^"\\]|\\.)*)"\s*<(?P<address>[^<>]*)>')
# Whoever writes `Acme, Inc. <a@example.com>` means one sender of that name.
_UNQUOTED = re.compile(r'(?P<name>[^<>"@]*)<(?P<address>[^<>]*)>')
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")


class InvalidMailboxError(ValueError):
    """The text is not one mailbox; `reason` says why."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name, which may be empty, and an address whose domain is as DNS sees it."""

    name: str
    address: str


def _split(text: str) -> tuple[str, str]:
    """Return name and address as they were written."""
    text = text.strip()
    if quoted := _QUOTED.fullmatch(text):
        return re.sub(r"\\(.)", r"\1", quoted["name"]), quoted["address"]
    if unquoted := _UNQUOTED.fullmatch(text):
        return unquoted["name"].strip(), unquoted["address"]
    return "", text


def parse_mailbox(text: str) -> Mailbox:
    """Read `address` or `name <address>`; the name needs no quotation marks. Raises `InvalidMailboxError`."""
    if _UNPRINTABLE.search(text):
        raise InvalidMailboxError(_("Line breaks and control characters are not allowed."))
    name, address = _split(text)
    if not has_email_form(address):
        raise InvalidMailboxError(_("Enter one address, like no-reply@example.com or Acme <no-reply@example.com>."))
    return Mailbox(name, with_canonical_domain(address))


def validate_mailbox_template(text: str) -> None:
    """Refuse a text that no placeholder's value could make a mailbox; empty is none. Raises `InvalidMailboxError`."""
    if _UNPRINTABLE.search(text):
        raise InvalidMailboxError(_("Line breaks and control characters are not allowed."))
    if text and not _PLACEHOLDER.search(_split(text)[1]):
        parse_mailbox(text)


def fill_mailbox(text: str, payload: Mapping[str, Any]) -> Mailbox | None:
    """Return the mailbox of a template, or `None` if the values make no address.

    Name and address are filled each by itself: no value of a name leads to another address.
    """
    name, address = (fill(part, payload) for part in _split(text))
    if not has_email_form(address) or _PLACEHOLDER.search(address):
        return None
    return Mailbox(" ".join(_UNPRINTABLE.sub(" ", name).split()), with_canonical_domain(address))
