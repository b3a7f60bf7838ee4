"""What a sign-in that asks nobody costs: statements of the database, both savepoints included."""

from typing import Any

import pytest

from identity.models import User
from tests.saml.parties import ServiceProvider

pytestmark = pytest.mark.django_db


def test_statements_of_the_hot_path(wiki: ServiceProvider, alice: User, django_assert_num_queries: Any) -> None:
    """A request: the tenant, whether it was answered, the sign-in, its entry in the history. An answer: the tenant, the
    sign-in and its end, the code and its use, who hears of the logout, the entry."""
    wiki.sign_in(wiki.redirect(), alice)
    with django_assert_num_queries(4 + 2):
        begun = wiki.redirect()
    answer = wiki.browser.client.get(begun["Location"])
    with django_assert_num_queries(7 + 2):
        wiki.follow(answer)


def test_the_metadata_costs_nothing_but_the_tenant(wiki: ServiceProvider, django_assert_num_queries: Any) -> None:
    wiki.browser.client.get(wiki.metadata_path)
    with django_assert_num_queries(1):
        wiki.browser.client.get(wiki.metadata_path)
