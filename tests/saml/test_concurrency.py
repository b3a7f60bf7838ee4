"""The same answer in two windows at once: one response, and the code is used up once."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from common.actors import SYSTEM
from identity.models import User
from saml.models import SamlApplicationSession, SamlParticipant
from saml.services.secrets import create_secret, set_secret_active
from tests.racing import race
from tests.saml.parties import ServiceProvider

pytestmark = pytest.mark.django_db(transaction=True)


def status_of(wiki: ServiceProvider, location: str) -> Any:
    client = Client(HTTP_HOST="localhost:8000")
    client.cookies.update(wiki.browser.client.cookies)
    address = urlsplit(location)
    response = client.get(f"{address.path}?{address.query}")
    return 200 if response.status_code == 200 else response.json()["code"]


def test_an_answer_is_taken_once(wiki: ServiceProvider, alice: User) -> None:
    wiki.follow(wiki.redirect())
    location = wiki.browser.sign_in(alice)["Location"]
    answers = race([partial(status_of, wiki, location)] * 3)
    assert sorted(map(str, answers)) == [
        "200",
        "application.saml.sp_initiated_saml_sso_session_not_found",
        "application.saml.sp_initiated_saml_sso_session_not_found",
    ]
    assert SamlApplicationSession.objects.filter(answered_at__isnull=False).count() == 1
    assert SamlParticipant.objects.count() == 1


def test_one_certificate_signs_whoever_activates_them(wiki: ServiceProvider) -> None:
    secrets = [create_secret(wiki.application, years=1, actor=SYSTEM) for _ in range(3)]
    race(
        [
            partial(set_secret_active, wiki.application, secret_id=secret.id, active=True, actor=SYSTEM)
            for secret in secrets
        ]
    )
    assert wiki.application.saml_secrets.filter(active=True).count() == 1
