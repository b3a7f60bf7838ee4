"""What a page tells the next one of the same journey, kept with the interaction and never in the browser."""

from collections.abc import Sequence
from typing import NamedTuple

from common.clock import now, to_seconds
from events.transactions import part
from experience.models import Interaction
from experience.records import CodeChannel, Identifier
from experience.services.steps import lock, save

_KEY = "pages"
# The codes sent as second factors: channel -> id of the record, and when.
_SENT = "pagesSent"
# The enterprise connectors to choose from, and the address that they are of, if one was entered.
_CHOICE = "pagesChoice"
# Whether the user has accepted the terms.
_AGREED = "pagesAgreed"
RESEND_AFTER = 60


class SentCode(NamedTuple):
    """The id of the record of a code sent as a second factor, and when that was."""

    verification_id: str
    sent_at: int

    @property
    def seconds_to_resend(self) -> int:
        """How long the page asks for patience before another code."""
        return _seconds_to_resend(self.sent_at)


class Choice(NamedTuple):
    """The ids of enterprise connectors to choose from; `email` is empty if no address was entered."""

    connector_ids: Sequence[str]
    email: str


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
        return _seconds_to_resend(self.sent_at)


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


def recall_code(interaction: Interaction, channel: CodeChannel) -> SentCode | None:
    """Return the second factor's code that was sent last by a channel; `None` if none is waiting to be entered."""
    held = interaction.context.get(_SENT, {}).get(channel)
    if not held:
        return None
    sent = SentCode(*held)
    is_waiting = any(stored["id"] == sent.verification_id and not stored["verified"] for stored in interaction.records)
    return sent if is_waiting else None


def remember_code(interaction: Interaction, channel: CodeChannel, verification_id: str) -> None:
    """Remember the code that has just been sent as a second factor."""
    with part():
        lock(interaction)
        sent = interaction.context.get(_SENT, {})
        interaction.context[_SENT] = {**sent, channel: SentCode(verification_id, to_seconds(now()))}
        save(interaction)


def recall_choice(interaction: Interaction | None) -> Choice | None:
    """Return the enterprises to choose from; `None` if there is no choice to make."""
    held = interaction.context.get(_CHOICE) if interaction else None
    return Choice(*held) if held else None


def remember_choice(interaction: Interaction, connector_ids: Sequence[str], *, email: str) -> None:
    """Remember the enterprises to choose from."""
    with part():
        lock(interaction)
        interaction.context[_CHOICE] = Choice(list(connector_ids), email)
        save(interaction)


def has_agreed(interaction: Interaction) -> bool:
    """Whether the user has accepted the terms in this journey."""
    return _AGREED in interaction.context


def remember_agreement(interaction: Interaction) -> None:
    """Remember that the user has accepted the terms."""
    with part():
        lock(interaction)
        interaction.context[_AGREED] = True
        save(interaction)


def _seconds_to_resend(sent_at: int) -> int:
    return max(0, sent_at + RESEND_AFTER - to_seconds(now()))
