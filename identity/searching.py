"""Search of users by parts of their texts: common patterns walk the newest first, rare ones take the trigram index.

PostgreSQL cannot tell them apart: under row-level security it has no statistics of a pattern. And the index reads all
that match before it gives the first, so a pattern that everybody matches would cost the whole tenant for a page of 20.
"""

import re
from collections.abc import Sequence
from typing import cast

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from common.totals import COUNT_CAP, Total, capped
from identity.models import User
from tenants.context import current_tenant_id, index_scope
from tenants.counts import count_all
from tenants.database.statements import fetch_values
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
# Of a text that is looked for by the index: so many of its letters, and of those the ones that fewer than a fifth of so
# many users have; a run of them that is shorter would match more than it saves.
_LONGEST = 64
_COMPARED = 100
_SHORTEST_RUN = 6

_SAMPLE_TEXTS = "SELECT search FROM identity_user WHERE tenant_id = %s ORDER BY id LIMIT %s"
_HOLDING = """
SELECT id FROM identity_user WHERE tenant_id = %s AND search LIKE %s AND position(%s IN search) > 0 LIMIT %s"""


def has_trigram(text: str) -> bool:
    """Whether the index can help to find a text: it has three letters or digits in a row, as the index has them."""
    return _TRIGRAM.search(text) is not None


def search(users: QuerySet[User], condition: Q, *, by_index: bool, parts: Sequence[str] = ()) -> QuerySet[User]:
    """Return those of the users who fulfil a condition. 1 to 3 statements, and those of what is done with them.

    `by_index`: the condition is a `LIKE` on the column `search`, with three letters in a row, or that and more.
    `parts`: the condition is that the column holds one of these lower-case texts, and nothing else; each but the first
    may cost a statement more. If `users` are the whole tenant, the total of what is returned is known, exact up to the
    cap.
    """
    count = count_all(User)
    walked = _walk(users, condition)
    # A small tenant is read whole, at the price of counting to the cap, whatever other tenants put into the index.
    if count <= COUNT_CAP:
        return walked
    total = None
    texts = _sample_texts() if parts else []
    if _is_certainly_above_cap(_matches(texts, parts) if parts else _sampled(condition), count):
        total = Total(COUNT_CAP + 1, is_capped=True)
    elif by_index:
        with index_scope():
            if parts:
                ids = _ids_holding(parts, texts, COUNT_CAP + 1)
            else:
                ids = list(User.objects.filter(condition).values_list("id", flat=True)[: COUNT_CAP + 1])
        total = capped(len(ids))
        if len(ids) <= _FEW:
            walked = users.filter(id__in=ids)
    if total and cast("TenantQuerySet[User]", users).is_whole():
        return cast("TenantQuerySet[User]", walked).with_total(total)
    return walked


def find_few(parts: Sequence[str]) -> list[str] | None:
    """Return the ids of the users whose texts hold one of these, lower-case and each with three letters in a row;
    `None` if they are many, or if the tenant is small enough to be read whole. 1 statement to 2 and one for each text.
    """
    count = count_all(User)
    if count <= COUNT_CAP:
        return None
    texts = _sample_texts()
    if _is_certainly_above_cap(_matches(texts, parts), count):
        return None
    with index_scope():
        ids = _ids_holding(parts, texts, _FEW + 1)
    return ids if len(ids) <= _FEW else None


def _sample_texts() -> list[str]:
    return fetch_values(_SAMPLE_TEXTS, [current_tenant_id(), _SAMPLE])


def _matches(texts: Sequence[str], parts: Sequence[str]) -> tuple[int, int]:
    return sum(any(part in text for part in parts) for text in texts), len(texts)


def _ids_holding(parts: Sequence[str], texts: Sequence[str], most: int) -> list[str]:
    """The ids of users who have one of the texts, by the trigram index; about `most` at most. A statement for each."""
    found: dict[str, None] = {}
    for part in parts:
        pattern = f"%{connection.ops.prep_for_like_query(_rare_run(part, texts))}%"
        found |= dict.fromkeys(fetch_values(_HOLDING, [current_tenant_id(), pattern, part, most]))
    return list(found)


def _rare_run(part: str, texts: Sequence[str]) -> str:
    """The longest run of a text that has no three letters of which everybody's texts are full; else its beginning.

    The index reads the users of every three letters that it is asked for: those of a common domain are nearly all.
    """
    start, texts = part[:_LONGEST], texts[:_COMPARED]
    runs, begin = [start], 0
    for end in range(3, len(start) + 1):
        is_common = sum(start[end - 3 : end] in text for text in texts) * 5 >= len(texts)
        begin = end - 2 if is_common else begin
        runs.append(start[begin:end])
    longest = max(runs[1:], key=len, default="")
    return longest if len(longest) >= _SHORTEST_RUN and has_trigram(longest) else start


def _mark(condition: Q) -> Case:
    """1 if the condition is fulfilled, else 0."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _walk(users: QuerySet[User], condition: Q) -> QuerySet[User]:
    """The users, narrowed in a way of which PostgreSQL believes that every third is kept: so it goes by their order."""
    return users.alias(is_match=_mark(condition)).filter(is_match__gt=0)


def _sampled(condition: Q) -> tuple[int, int]:
    """How many of a sample fulfil the condition, and how many were asked. 1 statement."""
    sample = User.objects.order_by("id").annotate(is_match=_mark(condition)).values("is_match")[:_SAMPLE]
    found = sample.aggregate(matches=Sum("is_match"), size=Count("is_match"))
    return found["matches"] or 0, found["size"]


def _is_certainly_above_cap(sampled: tuple[int, int], count: int) -> bool:
    """Whether so many of a sample fulfil a condition that far more than the cap's number of all users must."""
    matches, size = sampled
    return matches >= _MOST_CERTAIN and count * matches >= _MARGIN * COUNT_CAP * size
