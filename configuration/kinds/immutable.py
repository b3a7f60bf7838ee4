"""What never changes of a thing that is there."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from common.errors import invalid_value


def assert_unchanged(names: Collection[str], *fixed: str) -> None:
    """Refuse a change of a member that is decided when the thing is made: `guard.invalid_input`."""
    for name in fixed:
        if name in names:
            message = _("This never changes. Delete the object and make another one, or give the new one another name.")
            raise invalid_value(name, message, code="immutable")
