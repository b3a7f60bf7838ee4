"""Usernames that could not be told apart without regard to case."""

from typing import Any

from django.db.models.functions import Lower

from identity.models import User
from identity.services.usernames import find_case_conflicts


def represent_username_conflicts(*, limit: int = 20) -> dict[str, Any]:
    """Return how many names clash, and who has the first `limit` of them: `{totalConflicts, samples}`."""
    total, names = find_case_conflicts(limit=limit)
    holders: dict[str, list[str]] = {name: [] for name in names}
    users = User.objects.annotate(folded=Lower("username")).filter(folded__in=names).order_by("id")
    for name, user_id in users.values_list("folded", "id"):
        holders[name].append(user_id)
    samples = [{"usernameLower": name, "userIds": user_ids} for name, user_ids in holders.items()]
    return {"totalConflicts": total, "samples": samples}
