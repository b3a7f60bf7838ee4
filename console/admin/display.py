"""Small pieces of markup that lists and forms share."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from common.saml.certificates import parse_certificate

_JUST_NOW = timedelta(minutes=1)


def copyable(value: str) -> SafeString:
    """Return a value as code with a button that copies it."""
    return format_html(
        '<span class="gh-copy"><code>{}</code><button type="button" class="gh-copy-button" data-copy="{}" '
        'title="{}" aria-label="{}"><span class="material-symbols-outlined" aria-hidden="true">content_copy</span>'
        "</button></span>",
        value,
        value,
        _("Copy"),
        _("Copy"),
    )


def certificate_fingerprint(certificate: str) -> SafeString:
    """Return the beginning of a certificate's SHA-256 fingerprint, all of it on hovering.

    Of a certificate that is still to be made (empty): when that will be.
    """
    if not certificate:
        return format_html("{}", _("Made when you save"))
    found = parse_certificate(certificate).fingerprint.upper()
    short = ":".join(found[place : place + 2] for place in range(0, 10, 2))
    return format_html('<code title="{}">{}…</code>', found, short)


def tags(names: Any, *, empty: str = "–") -> SafeString | str:
    """Return names as a row of small labels."""
    labels = [format_html('<span class="gh-tag">{}</span>', name) for name in names]
    return format_html('<span class="gh-tags">{}</span>', SafeString("".join(labels))) if labels else empty


def moment(value: datetime | None) -> SafeString | str:
    """Return a time as `3 days ago`, the exact one on hovering."""
    if value is None:
        return "–"
    exact = date_format(timezone.localtime(value), "DATETIME_FORMAT")
    is_new = timezone.now() - value < _JUST_NOW
    said = _("just now") if is_new else _("%s ago") % timesince(value, depth=1)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, said)
