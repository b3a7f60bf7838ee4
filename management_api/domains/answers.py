"""Answers about domains."""

from typing import Literal, TypedDict

from management_api.answers import Milliseconds


class DnsRecord(TypedDict):
    """A record to set."""

    name: str
    type: str
    value: str


class Domain(TypedDict):
    """A domain with the records to set, and what it waits for."""

    id: str
    domain: str
    status: Literal["PendingVerification", "PendingSsl", "Active", "Error"]
    errorMessage: str | None
    dnsRecords: list[DnsRecord]
    createdAt: Milliseconds


class CleanUp(TypedDict):
    """How many domains were looked at, and what became of them."""

    scannedCount: int
    deletedCount: int
    skippedActiveCount: int
    failedCount: int
