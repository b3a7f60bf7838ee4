"""One trace: the entries of a journey in their order, or the one entry of what was refused before there was any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.clock import now
from events.error_pages import NOT_FOUND_KEY
from events.models import TRACE_BEGINNINGS, AuditLog
from oidc.authorization.pending import LIFETIME

END = "Interaction.End"
#: How a journey begins, and what may stand alone, without one.
BEGINNING, *REFUSALS = TRACE_BEGINNINGS
REFUSED = REFUSALS[0]
_ALONE = frozenset({*REFUSALS, NOT_FOUND_KEY})


class Outcome(StrEnum):
    """What has become of a sign-in."""

    TOKENS_ISSUED = "tokens issued"
    SENT_BACK = "sent back"  # With a code that nobody has redeemed, or to a device.
    REFUSED = "refused"
    UNDER_WAY = "under way"
    LEFT = "left"  # Nobody came back to it in time.


@dataclass(frozen=True, slots=True)
class Trace:
    """`entries` are oldest first, and at least one; `is_cut` says that the journey has more of them."""

    id: str
    entries: Sequence[AuditLog]
    is_cut: bool = False

    @property
    def began_at(self) -> datetime:
        return self.entries[0].created_at

    @property
    def ended_at(self) -> datetime:
        return self.entries[-1].created_at

    @property
    def application_id(self) -> str:
        """The client that asked; of one with a metadata document the address of that. Empty if nobody knows."""
        named = (entry.application_id or entry.payload.get("cimdClientId") for entry in self.entries)
        return str(next(filter(None, named), ""))

    @property
    def user_id(self) -> str:
        """Who it was in the end; empty while nobody has said so."""
        return next((entry.user_id for entry in reversed(self.entries) if entry.user_id), "")

    @property
    def outcome(self) -> Outcome:
        """What has become of it, by its last word about that."""
        for entry in reversed(self.entries):
            is_error = entry.payload.get("result") == "Error"
            if entry.key.startswith("ExchangeTokenBy."):
                return Outcome.REFUSED if is_error else Outcome.TOKENS_ISSUED
            if entry.key == END:
                return Outcome.REFUSED if is_error else Outcome.SENT_BACK
            if entry.key == REFUSED or (entry.key in _ALONE and len(self.entries) == 1):
                return Outcome.REFUSED
            if entry.key == BEGINNING:
                break
        return Outcome.UNDER_WAY if self.began_at > now() - LIFETIME else Outcome.LEFT

    @property
    def error(self) -> object:
        """The last error: the reason, if it was refused or left."""
        errors = (entry.payload.get("error") for entry in reversed(self.entries))
        return next(filter(None, errors), None)
