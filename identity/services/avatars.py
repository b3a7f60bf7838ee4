"""Uploaded pictures of users that no user has."""

from datetime import datetime, timedelta

from django.db.models import CharField, F, Func, Value

from common.actors import SYSTEM
from common.clock import now
from identity.models import User
from tenants.files.models import PATH, StoredFile
from tenants.files.services import AVATAR_GRACE, delete_files

_BATCH = 500
# Who uploads may still be on the way to an account when the grace ends.
_GRACE = AVATAR_GRACE + timedelta(hours=1)


def delete_unused_avatars() -> None:
    """Delete the current tenant's avatars that are older than a day and that no user has.

    Users name their picture by its address, so each batch of files costs one pass over those who have a picture.
    """
    last, end = "", now() - _GRACE
    while files := _old_avatars(stored_before=end, after=last):
        last = files[-1].id
        used = _names_in_use([file.name for file in files])
        delete_files([file for file in files if file.name not in used], stored_before=end, actor=SYSTEM)


def _old_avatars(*, stored_before: datetime, after: str) -> list[StoredFile]:
    old = StoredFile.objects.filter(kind=StoredFile.Kind.AVATAR, stored_at__lt=stored_before, id__gt=after)
    return list(old.order_by("id")[:_BATCH])


def _names_in_use(names: list[str]) -> set[str]:
    name = Func(F("avatar"), Value(f"{PATH}([^/?#]+)(?:[?#]|$)"), function="substring", output_field=CharField())
    users = User.objects.filter(avatar__contains=PATH).annotate(file=name).filter(file__in=names)
    return set(users.values_list("file", flat=True))
