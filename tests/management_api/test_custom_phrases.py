"""`/api/custom-phrases`: a tenant's own words, by language."""

from json import dumps
from typing import Any

import pytest
from django.test import Client

from events.models import AuditLog
from experience.models import CustomPhrase
from experience.services import custom_phrases

PATH = "/api/custom-phrases"
WORDS = {"action": {"sign_in": "Kom in"}, "input": {"password": "Lösenord"}}


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def put(api: Client, tag: str, body: Any) -> Any:
    return api.put(f"{PATH}/{tag}", data=dumps(body), content_type="application/json")


def test_words_are_put_read_listed_and_deleted(api: Client) -> None:
    made = put(api, "sv-SE", WORDS)
    row = made.json()
    assert made.status_code == 201
    assert row == {"tenantId": "default", "id": row["id"], "languageTag": "sv-SE", "translation": WORDS}
    assert api.get(f"{PATH}/sv-SE").json() == row
    put(api, "de", {"action": {"continue": "Los"}})
    assert [row["languageTag"] for row in api.get(PATH).json()] == ["de", "sv-SE"]
    assert api.delete(f"{PATH}/sv-SE").status_code == 204
    assert api.get(f"{PATH}/sv-SE").status_code == 404
    assert error_of(api.delete(f"{PATH}/sv-SE")) == (404, "entity.not_found")


def test_a_put_replaces_everything_and_leaves_out_what_is_empty(api: Client) -> None:
    first = put(api, "sv-SE", WORDS).json()
    again = put(api, "sv-SE", {"action": {"sign_in": "", "continue": "Fortsätt", "cancel": "  "}})
    assert again.status_code == 201
    assert again.json() == {**first, "translation": {"action": {"continue": "Fortsätt"}}}
    assert put(api, "sv-SE", {}).json()["translation"] == {}


def test_tags_are_those_of_the_list(api: Client) -> None:
    for tag in ("de-CH", "xx", "sv_SE", "SV-SE", "x" * 300):
        for method in ("GET", "PUT", "DELETE"):
            answer = api.generic(method, f"{PATH}/{tag}", data=b"{}", content_type="application/json")
            assert error_of(answer) == (400, "guard.invalid_input"), (method, tag)


def test_the_structure_is_a_part_of_the_sources(api: Client) -> None:
    for body, key in (
        ({"button": {"go": "Los"}}, "button.go"),
        ({"action": {"sign_in": "Los", "fly": "Los"}}, "action.fly"),
        ({"action": "Los"}, "action"),
        ({"action": {"sign_in": {"label": "Los"}}}, "action.sign_in"),
        ({"action.sign_in": "Los"}, "action.sign_in"),
        ({"mfa": {"trust_device": "Los"}}, "mfa.trust_device"),
        ({"mfa": {"trust_device_few": "%(days)s"}}, "mfa.trust_device_few"),
    ):
        answer = put(api, "de", body)
        assert error_of(answer) == (422, "localization.invalid_translation_structure")
        assert answer.json()["data"] == {"keys": [key]}
    assert not CustomPhrase.objects.exists()


def test_values_are_words_that_fit_their_sentence(api: Client) -> None:
    bodies: list[Any] = [
        [],
        "Los",
        {"action": None},
        {"action": ["Los"]},
        {"action": {"sign_in": 1}},
        {"action": {"continue_with_provider": "Los"}},
        {"action": {"sign_in": "%(password)s"}},
        {"action": {"sign_in": "<b>Los</b>"}},
        {"action": {"sign_in": "x" * 1_001}},
        {"action": {"sign_in": "a\x00b"}},
        {"action": {"sign_in": "\ud800"}},
    ]
    for body in bodies:
        assert error_of(put(api, "de", body)) == (400, "guard.invalid_input"), body
    assert not CustomPhrase.objects.exists()


def test_what_is_wrong_is_said_by_key(api: Client) -> None:
    [issue] = put(api, "de", {"action": {"continue_with_provider": "Los"}}).json()["data"]["issues"]
    assert (issue["path"], issue["code"]) == ("action.continue_with_provider", "places")
    assert "%(provider)s" in issue["message"]


def test_a_language_takes_the_forms_in_which_it_counts(api: Client) -> None:
    forms = {f"trust_device_{form}": f"{form} %(days)s" for form in ("one", "few", "many")}
    assert put(api, "pl-PL", {"mfa": forms}).json()["translation"] == {"mfa": forms}


def test_no_hostile_tree_is_walked_or_kept(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"action": deep}
    assert error_of(put(api, "de", deep)) == (422, "localization.invalid_translation_structure")
    wide = {f"key{number}": {"a": "x" * 200} for number in range(2_000)}
    answer = put(api, "de", wide)
    assert error_of(answer) == (422, "localization.invalid_translation_structure")
    assert len(answer.content) < 3_000
    monkeypatch.setattr(custom_phrases, "MAX_CHARACTERS", 10)
    assert error_of(put(api, "de", WORDS)) == (400, "guard.invalid_input")
    monkeypatch.undo()
    put(api, "de", WORDS)
    monkeypatch.setattr(custom_phrases, "MAX_LANGUAGES", 1)
    assert error_of(put(api, "fr", WORDS)) == (400, "guard.invalid_input")
    assert put(api, "de", WORDS).status_code == 201


def test_a_language_with_words_can_be_the_default_and_keeps_them_then(api: Client) -> None:
    def set_default(tag: str) -> Any:
        body = {"languageInfo": {"autoDetect": True, "fallbackLanguage": tag}}
        return api.patch("/api/sign-in-exp", data=dumps(body), content_type="application/json")

    assert error_of(set_default("sv-SE")) == (400, "sign_in_experiences.unsupported_default_language")
    put(api, "sv-SE", {})
    assert error_of(set_default("sv-SE")) == (400, "sign_in_experiences.unsupported_default_language")
    put(api, "sv-SE", WORDS)
    assert set_default("sv-SE").status_code == 200
    assert error_of(api.delete(f"{PATH}/sv-SE")) == (409, "localization.cannot_delete_default_language")
    assert error_of(put(api, "sv-SE", {})) == (409, "localization.cannot_delete_default_language")
    put(api, "de", WORDS)
    assert set_default("de").status_code == 200
    assert error_of(api.delete(f"{PATH}/de")) == (409, "localization.cannot_delete_default_language")
    assert put(api, "de", {}).status_code == 201
    assert api.delete(f"{PATH}/sv-SE").status_code == 204


def test_the_log_says_who_changed_which_phrases(api: Client) -> None:
    put(api, "sv-SE", WORDS)
    put(api, "sv-SE", {**WORDS, "action": {"sign_in": "In"}})
    api.delete(f"{PATH}/sv-SE")
    entries = AuditLog.objects.filter(key__startswith="CustomPhrase.").order_by("created_at")
    assert [entry.key for entry in entries] == ["CustomPhrase.Updated", "CustomPhrase.Updated", "CustomPhrase.Deleted"]
    assert [entry.payload.get("changed") for entry in entries] == [
        ["action.sign_in", "input.password"],
        ["action.sign_in"],
        None,
    ]
    assert {entry.payload["subject"]["name"] for entry in entries} == {"sv-SE"}


def test_only_the_tenants_own_are_there(api: Client, acme_api: Client) -> None:
    put(api, "sv-SE", WORDS)
    assert acme_api.get(PATH).json() == []
    assert acme_api.get(f"{PATH}/sv-SE").status_code == 404
    assert acme_api.delete(f"{PATH}/sv-SE").status_code == 404
    assert api.get(f"{PATH}/sv-SE").status_code == 200
