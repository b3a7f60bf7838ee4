"""Answers with figures."""

from typing import Annotated, TypedDict

from common.rest.operations import Told

Day = Annotated[str, Told("A day of UTC, YYYY-MM-DD.", format="date")]


class TotalUserCount(TypedDict):
    """How many users there are."""

    totalUserCount: int


class Compared(TypedDict):
    """A number, and how much it is more than the one before."""

    count: int
    delta: int


class NewUserCounts(TypedDict):
    """How many users are new: today compared with yesterday, and seven days with those before."""

    today: Compared
    last7Days: Compared


class ActiveUsersOfDay(TypedDict):
    """How many users were active on a day."""

    date: Day
    count: int


class ActiveUserCounts(TypedDict):
    """How many users were active: each of thirty days, oldest first; the day, its week and its month."""

    dauCurve: list[ActiveUsersOfDay]
    dau: Compared
    wau: Compared
    mau: Compared


class Tokens(TypedDict):
    """Access tokens for users and for machines, ID tokens, refresh tokens."""

    user: int
    machine: int
    id: int
    refresh: int


class FiguresOfDay(TypedDict):
    """Everything that was counted on a day."""

    date: Day
    activeUsers: int
    newUsers: int
    registrations: int
    signIns: int
    refusedProofs: int
    proofs: Annotated[dict[str, int], Told("Sign-ins by the kinds of proofs that they were completed with.")]
    tokens: Tokens


class Figures(TypedDict):
    """Figures day by day, oldest first."""

    timeZone: str
    days: list[FiguresOfDay]
