"""Finding the guessable parts of a password: repetitions, sequences, forbidden words, user info."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from identity.passwords.preparation import prepare_password

_SHORTEST_RUN = 3
# In digits; calling codes are those of ITU-T E.164.
_SHORTEST_NUMBER = 4
_LONGEST_CALLING_CODE = 3
_SEPARATORS = r"[ ()./+-]*"

_ROWS = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    *("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol"),
)
_SEQUENCES = tuple(dict.fromkeys(chain.from_iterable((r, r[::-1], r.upper(), r[::-1].upper()) for r in _ROWS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    """What is known about the person who chooses the password; nothing of it should make up the password."""

    name: str | None = None
    username: str | None = None
    email: str | None = None
    phone: str | None = None

    def phrases(self) -> list[str]:
        """Return every phrase that a guesser would derive from the user's data."""
        found: list[str] = []
        if self.name:
            words = self.name.split()
            found += [self.name.strip(), "".join(words), *words]
        if self.email:
            found += [self.email, self.email.rpartition("@")[0]]
        found += [self.username or "", self.phone or ""]
        return [prepare_password(phrase) for phrase in found if phrase]


@dataclass(frozen=True, slots=True)
class RestrictedParts:
    """How many characters of the password are guessable, and by which kinds of phrase."""

    covered: int
    kinds: tuple[str, ...]


def _fold(text: str) -> str:
    # Lower case, but never of another length: positions must stay comparable.
    return "".join(lowered if len(lowered := character.lower()) == 1 else character for character in text)


def _repetition_lengths(password: str) -> list[int]:
    lengths = [1] * len(password)
    for index in range(len(password) - 2, -1, -1):
        if password[index] == password[index + 1]:
            lengths[index] = lengths[index + 1] + 1
    return lengths


def _sequence_length(password: str, start: int) -> int:
    length = 0
    seed = password[start : start + _SHORTEST_RUN]
    if len(seed) < _SHORTEST_RUN:
        return 0
    for sequence in _SEQUENCES:
        position = sequence.find(seed)
        if position < 0:
            continue
        matched = 0
        for expected, actual in zip(sequence[position:], password[start:], strict=False):
            if expected != actual:
                break
            matched += 1
        length = max(length, matched)
    return length


def _phone_pattern(phone: str) -> re.Pattern[str] | None:
    """Match a number as people write it: with separators, and with or without its calling code or trunk zero."""
    digits = [character for character in phone if character in "0123456789"]
    written = [rf"[+(]?0*{_SEPARATORS.join(digits)}"]
    for length in range(1, _LONGEST_CALLING_CODE + 1):
        code, rest = _SEPARATORS.join(digits[:length]), _SEPARATORS.join(digits[length:])
        written.append(rf"(?:[+(]?0*{code}{_SEPARATORS})?\(?0?{_SEPARATORS}{rest}")
    return re.compile("|".join(written)) if len(digits) - _LONGEST_CALLING_CODE >= _SHORTEST_NUMBER else None


def _phrase_length(folded: str, start: int, folded_phrases: Iterable[str]) -> int:
    return max((len(phrase) for phrase in folded_phrases if folded.startswith(phrase, start)), default=0)


def find_restricted_parts(
    password: str, *, runs: bool, words: Iterable[str], user_phrases: Iterable[str], phone: str | None = None
) -> RestrictedParts:
    """Mark every position that a restricted phrase covers, wherever it starts.

    `runs` asks for repetitions and sequences of three characters or more. `words` and `user_phrases` match in
    any case, `phone` in every customary writing.
    """
    number = _phone_pattern(phone) if phone else None
    folded = _fold(password)
    folded_words = {_fold(word) for word in words if word}
    folded_phrases = {_fold(phrase) for phrase in user_phrases if phrase}
    repetitions = _repetition_lengths(password) if runs else []
    marked = bytearray(len(password))
    kinds: dict[str, bool] = dict.fromkeys(("repetition", "sequence", "words", "user_info"), False)
    for start in range(len(password)):
        lengths = {
            "words": _phrase_length(folded, start, folded_words),
            "user_info": _phrase_length(folded, start, folded_phrases),
        }
        if number and (written := number.match(password, start)):
            lengths["user_info"] = max(lengths["user_info"], written.end() - start)
        if runs:
            lengths["repetition"] = repetitions[start] if repetitions[start] >= _SHORTEST_RUN else 0
            lengths["sequence"] = _sequence_length(password, start)
        longest = max(lengths.values())
        marked[start : start + longest] = b"\x01" * longest
        for kind, length in lengths.items():
            kinds[kind] = kinds[kind] or length > 0
    return RestrictedParts(marked.count(1), tuple(kind for kind, found in kinds.items() if found))
