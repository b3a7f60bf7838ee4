"""Domains on the wire."""

from typing import Any

from rest_framework import serializers

from common.clock import to_milliseconds
from common.rest.fields import Integer, Text
from tenants.domains.names import records_of
from tenants.domains.selectors import explain_problem
from tenants.models import Domain

# A hundred years.
_MOST_DAYS = 36_500


class DomainCreation(serializers.Serializer[Any]):
    """The body that adds a domain."""

    domain = Text(min_length=1, max_length=256)


class CleanUpBody(serializers.Serializer[Any]):
    """For how many days the domains that are deleted have not changed."""

    staleDays = Integer(source="stale_days", min_value=1, max_value=_MOST_DAYS)


def domain_row(domain: Domain) -> dict[str, Any]:
    """Return a domain with the records to set, and what it waits for."""
    return {
        "id": domain.id,
        "domain": domain.domain,
        "status": domain.status,
        "errorMessage": explain_problem(domain),
        "dnsRecords": [record._asdict() for record in records_of(domain)],
        "createdAt": to_milliseconds(domain.created_at),
    }
