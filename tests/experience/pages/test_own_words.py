"""Hosted pages speak the tenant's own words, in languages that are built in and in others."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext, ngettext

from applications.models import Application
from common.actors import SYSTEM
from common.languages import spoken
from experience.models import CustomPhrase
from experience.phrases.speech import in_words_of, translations_of
from experience.services.custom_phrases import replace_custom_phrases, update_custom_phrases
from identity.models import User
from tenants.configuration import read_version
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.pages.conftest import Visitor
from tests.racing import race

Words = Callable[..., None]


@pytest.fixture
def words(tenant: Tenant) -> Words:
    """Give the tenant words of its own: a language, and phrases by section."""

    def give(tag: str, **sections: dict[str, str]) -> None:
        replace_custom_phrases(tag, translation=sections, actor=SYSTEM)

    return give


def test_a_page_speaks_the_tenants_words_over_the_built_in_ones(application: Application, words: Words) -> None:
    words("de", action={"sign_in": "Rein da"}, input={"username": "Spitzname & mehr"})
    visitor = Visitor(application, accept_language="de-AT").open()
    assert '<html lang="de" dir="ltr"' in visitor.html
    assert "Rein da" in visitor.html
    assert "Spitzname &amp; mehr" in visitor.html
    assert "Noch kein Konto?" in visitor.html
    english = Visitor(application, accept_language="en").open()
    assert "Rein da" not in english.html
    assert "Sign in" in english.html


def test_a_language_that_is_not_built_in_is_english_where_words_are_missing(
    application: Application, words: Words
) -> None:
    words("sv-SE", action={"sign_in": "Logga in"})
    for asked in ({"ui_locales": "sv-SE"}, {"ui_locales": "xx sv-FI"}):
        visitor = Visitor(application, accept_language="de").open(**asked)
        assert '<html lang="sv-SE" dir="ltr"' in visitor.html
        assert visitor.response["Content-Language"] == "sv-SE"
        assert "Logga in" in visitor.html
        assert "No account yet?" in visitor.html
    assert '<html lang="sv-SE"' in Visitor(application, accept_language="sv;q=0.9, de;q=0.8").open().html
    words("sv-SE")
    assert '<html lang="de"' in Visitor(application, accept_language="sv;q=0.9, de;q=0.8").open().html


def test_the_direction_is_that_of_the_language(application: Application, words: Words) -> None:
    words("he-IL", action={"sign_in": "כניסה"})
    assert '<html lang="he-IL" dir="rtl"' in Visitor(application).open(ui_locales="he").html


def test_the_default_language_can_be_one_of_the_tenants_own(
    application: Application, words: Words, settings_of: Callable[..., None]
) -> None:
    words("sv-SE", action={"sign_in": "Logga in"})
    settings_of(languageInfo={"autoDetect": False, "fallbackLanguage": "sv-SE"})
    assert "Logga in" in Visitor(application, accept_language="de").open().html


def test_errors_on_pages_speak_them_too(application: Application, alice: User, words: Words) -> None:
    words("en", error={"invalid_credentials": "That was not it.", "field_required": "Something is missing."})
    visitor = Visitor(application, accept_language="en").open()
    visitor.send(identifier="alice", password="wrong")
    assert "That was not it." in visitor.html
    assert "Something is missing." in visitor.send(identifier="", password="").html


def test_nothing_that_a_tenant_writes_is_markup(application: Application, words: Words) -> None:
    hostile = '" onfocus="alert(1)" & \' {{ page.settings }} {% debug %}'
    everywhere = dict.fromkeys(("sign_in", "continue", "create_account"), hostile)
    words("en", action=everywhere, input={"username": hostile, "password": hostile, "show_password": hostile})
    visitor = Visitor(application, accept_language="en").open()
    assert 'onfocus="' not in visitor.html
    assert "&quot; onfocus=&quot;alert(1)&quot;" in visitor.html
    assert "{{ page.settings }}" in visitor.html


def test_words_kept_by_an_earlier_release_break_nothing(application: Application) -> None:
    tree = {"action": {"sign_in": "In", "gone": "x", "continue_with_provider": "no place"}, "old": {"x": "y"}}
    CustomPhrase.objects.create(language_tag="en", translation=tree)
    CustomPhrase.objects.create(language_tag="xx", translation=tree)
    with in_words_of("en"):
        assert gettext("Sign in") == "In"
        assert gettext("Continue with %(provider)s") % {"provider": "Orbit"} == "Continue with Orbit"
    assert Visitor(application, accept_language="en, xx").open().response.status_code == 200


def test_the_message_of_a_code_leaves_the_page_in_its_words(
    application: Application, connectors: None, words: Words, settings_of: Callable[..., None], alice: User
) -> None:
    """Messages are written in between, in a language of their own."""
    method = {"identifier": "email", "password": False, "verificationCode": True, "isPasswordPrimary": False}
    settings_of(signIn={"methods": [method]}, signUp={"identifiers": [], "password": False, "verify": False})
    words("en", description={"check_email": "Look into your mailbox"})
    visitor = Visitor(application, accept_language="en").open().send(identifier="alice@example.com")
    assert "Look into your mailbox" in visitor.html


def test_without_words_nothing_stands_in_between(tenant: Tenant, django_assert_num_queries: Any) -> None:
    update_custom_phrases("sv-SE", changes={"action.sign_in": "Logga in"}, actor=SYSTEM)
    with enter_tenant("default", version=read_version("default")), django_assert_num_queries(2):
        translations_of("sv-SE")
    with enter_tenant("default", version=read_version("default")), django_assert_num_queries(0):
        assert type(translations_of("de")).__name__ == "DjangoTranslation"
        with in_words_of("sv-SE"):
            assert gettext("Sign in") == "Logga in"
            assert gettext("Continue") == "Continue"


def test_numbers_have_the_form_of_the_language(tenant: Tenant) -> None:
    changes = {"mfa.trust_device_one": "%(days)s dag", "mfa.trust_device_other": "%(days)s dagar"}
    update_custom_phrases("sv-SE", changes=changes, actor=SYSTEM)
    update_custom_phrases("pl-PL", changes={"mfa.trust_device_few": "%(days)s kilka"}, actor=SYSTEM)

    def days(number: int) -> str:
        sentence = ngettext("Trust this device for %(days)s day", "Trust this device for %(days)s days", number)
        return sentence % {"days": number}

    with in_words_of("sv-SE"):
        assert (days(1), days(2), days(30)) == ("1 dag", "2 dagar", "30 dagar")
    with in_words_of("pl-PL"):
        assert days(3) == "3 kilka"
        assert days(30) != "30 kilka"


@pytest.fixture
def two_tenants(transactional_db: None, tenants: dict[str, Tenant]) -> None:
    for name in ("default", "acme"):
        with enter_tenant(name):
            replace_custom_phrases("de", translation={"action": {"continue": f"Weiter bei {name}"}}, actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_tenants_at_the_same_moment_keep_their_words_to_themselves(two_tenants: None) -> None:
    def read(name: str, times: int = 20) -> set[str]:
        found = set()
        for _ in range(times):
            with enter_tenant(name), in_words_of("de"):
                found.add(gettext("Continue"))
            assert spoken() is None
        return found

    calls = [lambda name=name: read(name) for name in ("default", "acme") * 3]
    answers = race(calls, tenant_id=None)
    assert answers == [{"Weiter bei default"}, {"Weiter bei acme"}] * 3


def test_phrases_are_public_in_the_best_language(client: Client, words: Words) -> None:
    words("sv-SE", action={"sign_in": "Logga in"})
    row = CustomPhrase.objects.get()
    answer = client.get("/api/.well-known/phrases?lng=sv")
    body = answer.json()
    assert (answer.status_code, answer["Content-Language"], answer["Vary"]) == (200, "sv-SE", "Accept-Language")
    assert {name: body[name] for name in ("tenantId", "id", "languageTag")} == {
        "tenantId": "default",
        "id": row.id,
        "languageTag": "sv-SE",
    }
    assert body["translation"]["action"]["sign_in"] == "Logga in"
    assert body["translation"]["action"]["continue"] == "Continue"
    built_in = client.get("/api/.well-known/phrases", headers={"accept-language": "pl"})
    assert set(built_in.json()) == {"translation"}
    assert built_in["Content-Language"] == "pl-PL"
    forms = {name for name in built_in.json()["translation"]["mfa"] if name.startswith("trust_device_o")}
    assert forms == {"trust_device_one", "trust_device_other"}
    assert client.head("/api/.well-known/phrases").status_code == 200
    assert client.post("/api/.well-known/phrases").status_code == 405


def test_phrases_are_not_sent_again_until_they_change(client: Client, acme_client: Client, words: Words) -> None:
    address = "/api/.well-known/phrases?lng=de"
    etag = client.get(address)["ETag"]
    unchanged = client.get(address, headers={"if-none-match": etag})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", etag)
    words("de", action={"sign_in": "Rein"})
    changed = client.get(address, headers={"if-none-match": etag})
    assert (changed.status_code, changed.json()["translation"]["action"]["sign_in"]) == (200, "Rein")
    assert acme_client.get(address)["ETag"] == etag


def test_the_providers_own_pages_speak_them_too(client: Client, words: Words) -> None:
    words("sv-SE", action={"continue": "Fortsätt"})
    page = client.get("/oidc/session/end?ui_locales=sv").content.decode()
    assert '<html lang="sv-SE" dir="ltr"' in page
    assert "<button>Fortsätt</button>" in page
    assert "Fortsätt" not in client.get("/oidc/session/end", headers={"accept-language": "en"}).content.decode()
