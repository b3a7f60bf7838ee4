"""What becomes of each sound row: a new user, a change of one, or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from common.errors import AppError
from identity.identifier_keys import is_storable
from identity.imports.candidates import Candidate
from identity.imports.errors import RowError
from identity.imports.memberships import ResolvedMembership
from identity.imports.options import FAIL, UPDATE
from identity.imports.references import References
from identity.models import SocialIdentity, User, UserImport, UserImportKey, UserSource
from tenants.database.rows import insert_all

_CODE_OF_FIELD = {
    "id": "user_import.user_exists",
    "username": "user.username_already_in_use",
    "primaryEmail": "user.email_already_in_use",
    "primaryPhone": "user.phone_already_in_use",
    "identities": "user.identity_already_in_use",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done with a row; `existing` is whom it is about, `error` why it is not taken."""

    candidate: Candidate
    action: Literal["create", "update", "skip", "refuse"]
    existing: str = ""
    error: AppError | None = None
    role_ids: Sequence[str] = ()
    memberships: Sequence[ResolvedMembership] = ()
    connector_ids: Sequence[str | None] = ()


def claim_identifiers(user_import: UserImport, candidates: Sequence[Candidate]) -> dict[int, RowError]:
    """Note what the rows claim, and return why those are refused that claim what an earlier row has. 2 statements.

    Digests of them are kept until the import has ended, so that memory does not grow with the file.
    """
    claims = {candidate.number: candidate.claimed_digests() for candidate in candidates}
    first: dict[str, int] = {}
    refused: dict[int, RowError] = {}
    known = _claimed(user_import, {digest for digests in claims.values() for digest in digests})
    for number, digests in claims.items():
        taken = next(((digest, name) for digest, name in digests.items() if digest in known or digest in first), None)
        if taken is not None:
            digest, name = taken
            row = known.get(digest) or first[digest]
            refused[number] = RowError("user_import.duplicate_row", field=name, row=row)
            continue
        first.update(dict.fromkeys(digests, number))
    insert_all([UserImportKey(user_import=user_import, key=digest, row=row) for digest, row in first.items()])
    return refused


def _claimed(user_import: UserImport, digests: Iterable[str]) -> dict[str, int]:
    held = UserImportKey.objects.filter(user_import=user_import, key__in=list(digests))
    return dict(held.values_list("key", "row"))


def decide(
    candidates: Sequence[Candidate], references: References, options: Mapping[str, Any], *, source: str
) -> list[Decision]:
    """Decide about each row, by what is stored now. 5 statements, whatever their number."""
    holders = _Holders(candidates, source)
    return [_decision(candidate, holders, references, options) for candidate in candidates]


def _decision(
    candidate: Candidate, holders: "_Holders", references: References, options: Mapping[str, Any]
) -> Decision:
    found = holders.of(candidate)
    policy = options["onExisting"]
    users = set(found.values())
    if len(users) > 1:
        return Decision(candidate, "refuse", error=RowError("user_import.ambiguous_user", field=_first(found)))
    existing = next(iter(users), "")
    is_known = "id" in found
    if existing and policy == FAIL and not is_known:
        field = _first(found)
        return Decision(candidate, "refuse", existing, RowError(_CODE_OF_FIELD[field], field=field))
    if existing and policy != UPDATE:
        return Decision(candidate, "skip", existing)
    if existing and all(map(candidate.is_unverified, found)):
        # Whoever signed up at the source with another's address would get that one's account, by the row's password.
        return Decision(
            candidate, "refuse", existing, RowError("user_import.unverified_identifier", field=_first(found))
        )
    if not existing and options["keepIds"] and candidate.user.id in holders.kept_ids:
        return Decision(candidate, "refuse", error=RowError("user_import.id_in_use", field="id"))
    try:
        return Decision(
            candidate,
            "update" if existing else "create",
            existing,
            role_ids=references.role_ids(candidate.record),
            memberships=references.memberships(candidate.record),
            connector_ids=references.connector_ids(candidate.record),
        )
    except RowError as error:
        return Decision(candidate, "refuse", existing, error)


def _first(found: Mapping[str, str]) -> str:
    return next(field for field in _CODE_OF_FIELD if field in found)


class _Holders:
    """Which stored users have what the rows claim."""

    def __init__(self, candidates: Sequence[Candidate], source: str) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        for candidate in candidates:
            for name, values in candidate.claims().items():
                wanted[name] |= set(values)
        self._by_field = {
            "id": _pairs(UserSource.objects.filter(source=source, source_id__in=wanted["id"]), "source_id", "user_id"),
            "username": _pairs(User.objects.filter(username_key__in=wanted["username"]), "username_key", "id"),
            "primaryEmail": _pairs(User.objects.filter(email_key__in=wanted["primaryEmail"]), "email_key", "id"),
            "primaryPhone": _pairs(
                User.objects.filter(primary_phone__in=wanted["primaryPhone"]), "primary_phone", "id"
            ),
            "identities": _linked(wanted["identities"]),
        }
        ids = [candidate.user.id for candidate in candidates if is_storable(candidate.user.id)]
        self.kept_ids = set(User.objects.filter(id__in=ids).values_list("id", flat=True))

    def of(self, candidate: Candidate) -> dict[str, str]:
        """Return the users who have what a row claims, by field."""
        found = {}
        for name, values in candidate.claims().items():
            for value in values:
                if (user_id := self._by_field[name].get(value)) is not None:
                    found[name] = user_id
        return found


def _pairs(rows: Any, key: str, value: str) -> dict[str, str]:
    return dict(rows.values_list(key, value))


def _linked(accounts: set[str]) -> dict[str, str]:
    """Return the users who have these accounts at providers linked, by `target`, a line break, and the account."""
    if not accounts:
        return {}
    targets, ids = zip(*(account.split("\n", 1) for account in accounts), strict=True)
    held = SocialIdentity.objects.filter(target__in=set(targets), identity_id__in=set(ids))
    return {
        f"{target}\n{identity_id}": user_id
        for target, identity_id, user_id in held.values_list("target", "identity_id", "user_id")
    }
