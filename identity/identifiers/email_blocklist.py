"""Which email addresses a tenant lets in: allowlist, blocklist, sub-addressing and disposable addresses."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.domains import canonical_domain
from common.email_addresses import normalize_email, split_email
from common.errors import AppError
from common.shapes import Flag, Items, Members, Text
from identity.identifiers.disposable import is_disposable
from identity.identifiers.wildcards import matches_wildcard

_LOCAL_PATTERN = re.compile(r"[^\s@]*")
_DOMAIN_PATTERN = re.compile(r"[^\s@.]+(?:\.[^\s@.]+)+")
_GMAIL_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


_ADDRESSES = Items(of=Text(max_length=256), max_items=10_000)
EMAIL_BLOCKLIST_POLICY = Members(
    {
        "blockDisposableAddresses": Flag(),
        "blockSubaddressing": Flag(),
        "customAllowlist": _ADDRESSES,
        "customBlocklist": _ADDRESSES,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailBlocklistPolicy:
    """`emailBlocklistPolicy`, ready to decide with."""

    blocks_disposable: bool = False
    blocks_subaddressing: bool = False
    allowlist: tuple[str, ...] = ()
    blocklist: tuple[str, ...] = ()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any] | None) -> "EmailBlocklistPolicy":
        """Read the stored `emailBlocklistPolicy`; a key that is missing restricts nothing."""
        given = settings or {}
        return cls(
            blocks_disposable=bool(given.get("blockDisposableAddresses")),
            blocks_subaddressing=bool(given.get("blockSubaddressing")),
            allowlist=tuple(given.get("customAllowlist") or ()),
            blocklist=tuple(given.get("customBlocklist") or ()),
        )


def is_email_pattern(item: str) -> bool:
    """Return whether the text is an address or an `@domain`, with `*` for any characters."""
    local, at, domain = item.rpartition("@")
    if not at or not _LOCAL_PATTERN.fullmatch(local) or not _DOMAIN_PATTERN.fullmatch(domain):
        return False
    return bool(domain.strip("*."))


def _canonical(local: str, domain: str) -> tuple[str, str]:
    """Return one spelling for all addresses of one Gmail mailbox; others stay as they are."""
    if domain in _GMAIL_DOMAINS:
        return local.replace(".", ""), "gmail.com"
    return local, domain


def _spellings(item: str) -> set[tuple[str, str]]:
    local, domain = split_email(normalize_email(item))
    plain = (local, domain if "*" in domain else canonical_domain(domain))
    return {plain, _canonical(*plain)}


def matches_email_pattern(email: str, items: Iterable[str]) -> bool:
    """Return whether the address is that of an item, or of an item's domain; `*` stands for any characters."""
    spellings = _spellings(email)
    return any(_is_of(spelling, wanted) for item in items for wanted in _spellings(item) for spelling in spellings)


def _is_of(spelling: tuple[str, str], item: tuple[str, str]) -> bool:
    (local, domain), (item_local, item_domain) = spelling, item
    return matches_wildcard(item_domain, domain) and (not item_local or matches_wildcard(item_local, local))


def covers_email_pattern(pattern: str, item: str) -> bool:
    """Return whether every address that fits the item fits the pattern: its `*` are then characters like others."""
    local, domain = split_email(item)
    return matches_email_pattern(item if local else f"*@{domain}", [pattern])


def assert_email_allowed(email: str, policy: EmailBlocklistPolicy) -> None:
    """Raise unless the tenant lets this address in.

    In this order: `session.email_blocklist.invalid_email` without a domain,
    `session.email_blocklist.email_subaddressing_not_allowed`, and `session.email_blocklist.email_not_allowed`
    for an address that a non-empty allowlist does not name, that the blocklist names, or that is disposable.
    """
    local, domain = split_email(email.strip())
    if not domain:
        raise AppError("session.email_blocklist.invalid_email")
    if policy.blocks_subaddressing and "+" in local:
        raise AppError("session.email_blocklist.email_subaddressing_not_allowed")
    if policy.allowlist and not matches_email_pattern(email, policy.allowlist):
        raise AppError("session.email_blocklist.email_not_allowed")
    if matches_email_pattern(email, policy.blocklist):
        raise AppError("session.email_blocklist.email_not_allowed")
    if policy.blocks_disposable and is_disposable(canonical_domain(domain)):
        raise AppError("session.email_blocklist.email_not_allowed")


def clean_blocklist_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a valid `emailBlocklistPolicy` as it is stored: each list without duplicates.

    Raises `sign_in_experiences.invalid_custom_email_blocklist_format` for an item that is neither an address
    nor a domain.
    """
    cleaned = dict(settings)
    for key in ("customAllowlist", "customBlocklist"):
        if key not in settings:
            continue
        items = list(dict.fromkeys(settings[key]))
        bad_items = [item for item in items if not is_email_pattern(item)]
        if bad_items:
            raise AppError(
                "sign_in_experiences.invalid_custom_email_blocklist_format",
                data={"items": bad_items},
                params={"items": ", ".join(bad_items[:10])},
            )
        cleaned[key] = items
    return cleaned
