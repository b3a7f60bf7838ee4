"""What a page tells the next one of the same journey, kept with the interaction and never in the browser."""

from typing import NamedTuple

from common.clock import now, to_seconds
from events.transactions import part
from experience.models import Interaction
from experience.records import Identifier
from experience.services.steps import lock, save

_KEY = "pages"
RESEND_AFTER = 60


class Memory(NamedTuple):
    """The identifier under way, the id of the code sent to it, and when that was.

    `offer` names an event that the user may switch to: the code has shown that they have no account, or have one.
    """

    identifier: Identifier
    verification_id: str = ""
    sent_at: int = 0
    offer: str = ""

    @property
    def seconds_to_resend(self) -> int:
        """How long the page asks for patience before another code; the limit that counts is the service's."""
        return max(0, self.sent_at + RESEND_AFTER - to_seconds(now()))


def recall(interaction: Interaction | None) -> Memory | None:
    """Return what the journey's pages remember; `None` if they have nothing."""
    held = interaction.context.get(_KEY) if interaction else None
    if not held:
        return None
    return Memory(**{**held, "identifier": Identifier(*held["identifier"])})


def remember(interaction: Interaction, identifier: Identifier, *, verification_id: str = "", offer: str = "") -> None:
    """Remember the identifier, the code just sent to it, and what may be offered.

    Nothing if another request of the same journey has sent a code since: the one that arrived last is the good one.
    """
    with part():
        lock(interaction)
        if verification_id and all(stored["id"] != verification_id for stored in interaction.records):
            return
        interaction.context[_KEY] = Memory(
            identifier, verification_id, to_seconds(now()) if verification_id else 0, offer
        )._asdict()
        save(interaction)
