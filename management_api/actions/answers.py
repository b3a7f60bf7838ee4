"""Answers about Actions."""

from typing import TypedDict

from management_api.answers import JsonObject


class ActionOfMoment(TypedDict):
    """The Action for one moment of a sign-in."""

    key: str
    value: JsonObject
