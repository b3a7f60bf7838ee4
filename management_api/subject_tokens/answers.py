"""Answers about subject tokens."""

from typing import TypedDict


class SubjectToken(TypedDict):
    """A token with which a backend acts as a user, once; `expiresIn` is in seconds."""

    subjectToken: str
    expiresIn: int
