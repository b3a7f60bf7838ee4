"""Search of users by parts of their texts: common patterns walk the newest first, rare ones take the trigram index.

PostgreSQL cannot tell them apart: under row-level security it has no statistics of a pattern. And the index reads all
that match before it gives the first, so a pattern that everybody matches would cost the whole tenant for a page of 20.
"""

import re
from typing import cast

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from common.totals import COUNT_CAP, Total, capped
from identity.models import User
from tenants.context import index_scope
from tenants.counts import count_all
from tenants.models import TenantQuerySet

# Ids are random, so that the first of them are a random sample of the tenant's users.
_SAMPLE = 500
# To take a pattern that 10,000 users match for one of three times as many, 40 or more of the sample would have to be
# there by chance: 3 in 100 million. With fewer in the sample they are counted.
_MOST_CERTAIN = 40
_MARGIN = 3
# So many ids are looked up faster than rows are walked to find a page of them.
_FEW = 1_000
_TRIGRAM = re.compile(r"[A-Za-z0-9]{3}")


def has_trigram(text: str) -> bool:
    """Whether the index can help to find a text: it has three letters or digits in a row, as the index has them."""
    return _TRIGRAM.search(text) is not None


def search(users: QuerySet[User], condition: Q, *, by_index: bool) -> QuerySet[User]:
    """Return those of the users who fulfil a condition. 1 to 3 statements, and those of what is done with them.

    `by_index`: the condition is a `LIKE` on the column `search`, with three letters in a row, or that and more. If
    `users` are the whole tenant, the total of what is returned is known, exact up to the cap.
    """
    count = count_all(User)
    walked = _walk(users, condition)
    # A small tenant is read whole, at the price of counting to the cap, whatever other tenants put into the index.
    if count <= COUNT_CAP:
        return walked
    total = None
    if _is_certainly_above_cap(condition, count):
        total = Total(COUNT_CAP + 1, is_capped=True)
    elif by_index:
        with index_scope():
            ids = list(User.objects.filter(condition).values_list("id", flat=True)[: COUNT_CAP + 1])
        total = capped(len(ids))
        if len(ids) <= _FEW:
            walked = users.filter(id__in=ids)
    if total and cast("TenantQuerySet[User]", users).is_whole():
        return cast("TenantQuerySet[User]", walked).with_total(total)
    return walked


def _mark(condition: Q) -> Case:
    """1 if the condition is fulfilled, else 0."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _walk(users: QuerySet[User], condition: Q) -> QuerySet[User]:
    """The users, narrowed in a way of which PostgreSQL believes that every third is kept: so it goes by their order."""
    return users.alias(is_match=_mark(condition)).filter(is_match__gt=0)


def _is_certainly_above_cap(condition: Q, count: int) -> bool:
    """Whether so many of a sample fulfil the condition that far more than the cap's number must. 1 statement."""
    sample = User.objects.order_by("id").annotate(is_match=_mark(condition)).values("is_match")[:_SAMPLE]
    found = sample.aggregate(matches=Sum("is_match"), size=Count("is_match"))
    matches = found["matches"] or 0
    return matches >= _MOST_CERTAIN and count * matches >= _MARGIN * COUNT_CAP * found["size"]
