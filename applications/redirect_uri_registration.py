"""Redirect URIs as an application registers them: which ones may be is the rule of `oidc.redirect_uris`."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from applications.redirect_uris import is_registrable
from common.errors import invalid_value

MAX_LENGTH = 2048


def validate_redirect_uris(uris: Iterable[str], *, path: str) -> None:
    """Refuse a list with a URI that cannot be registered: `guard.invalid_input` that names its place."""
    for index, uri in enumerate(uris):
        if len(uri) > MAX_LENGTH or not is_registrable(uri):
            raise invalid_value(f"{path}.{index}", _("This redirect URI is not allowed."))
