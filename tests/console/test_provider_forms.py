"""Forms of providers: what is needed is not hidden under *Advanced*."""

import pytest

from console.admin.connector_fields import places_of
from tests.connectors.provider import kind
from tests.connectors.provider_cases import ALL


@pytest.mark.parametrize("factory_id", ALL)
def test_what_is_needed_is_seen(factory_id: str) -> None:
    """The templates of WhatsApp, which have to be entered, were JSON, and all JSON was for the few."""
    places = places_of(kind(factory_id))
    assert not [place.item.key for place in places if place.item.required and place.is_advanced]
