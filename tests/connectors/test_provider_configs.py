"""Configurations of providers: what they take and refuse, and what the console is told of them."""

from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders

from common.errors import AppError
from connectors.factories import MessageFactory, list_factories
from tests.connectors.provider import kind
from tests.connectors.provider_cases import ALL, EMAIL, SECRET, SMS


def secrets_of(factory_id: str) -> set[str]:
    return {key for key, value in ALL[factory_id].config.items() if value == SECRET}


def refused(factory_id: str, config: dict[str, Any]) -> None:
    with pytest.raises(AppError) as failure:
        kind(factory_id).validated(config)
    assert failure.value.code == "connector.invalid_config"


@pytest.mark.parametrize("factory_id", ALL)
def test_a_configuration_is_kept_as_it_is(factory_id: str) -> None:
    assert kind(factory_id).validated(ALL[factory_id].config) == ALL[factory_id].config


@pytest.mark.parametrize("factory_id", ALL)
def test_every_needed_member_is_needed(factory_id: str) -> None:
    factory, config = kind(factory_id), ALL[factory_id].config
    needed = {item.key for item in factory.form_items if item.required}
    assert needed <= config.keys()
    for key in needed:
        refused(factory_id, {name: value for name, value in config.items() if name != key})
    refused(factory_id, config | {"unknown": "a"})


@pytest.mark.parametrize("factory_id", ALL)
@pytest.mark.parametrize("value", ["", " ", "a\r\nX-Injected: 1", "ключ", "\0", "a" * 5_000, 1, [], None])
def test_a_secret_is_what_a_header_can_hold(factory_id: str, value: Any) -> None:
    [key] = secrets_of(factory_id)
    refused(factory_id, ALL[factory_id].config | {key: value})


@pytest.mark.parametrize(
    ("factory_id", "key", "value"),
    [
        ("aws-ses-mail", "region", "eu.evil.example/"),
        ("aws-ses-mail", "region", "eu@evil.example"),
        ("mailgun-email", "domain", "mg.example.com/../../v4"),
        ("mailgun-email", "domain", "https://mg.example.com"),
        ("mailgun-email", "endpoint", "ftp://api.mailgun.net"),
        ("twilio-short-message-service", "accountSID", "AC1/../AC2"),
        ("whatsapp-short-message-service", "phoneNumberId", "1/messages?x="),
        ("gatewayapi-sms", "endpoint", "gatewayapi.com"),
        ("aliyun-direct-mail", "region", "evil"),
    ],
)
def test_nothing_leads_a_request_elsewhere(factory_id: str, key: str, value: str) -> None:
    refused(factory_id, ALL[factory_id].config | {key: value})


@pytest.mark.parametrize("factory_id", ALL)
def test_templates_are_whole_or_absent(factory_id: str) -> None:
    config = ALL[factory_id].config
    if factory_id == "mailgun-email":
        refused(factory_id, config | {"deliveries": {"Generic": {"html": "a"}}})
        refused(factory_id, config | {"deliveries": {"Generic": {"html": "a", "template": "b"}}})
        refused(factory_id, config | {"deliveries": {"Odd": {"html": "a"}}})
        return
    rows = config.get("templates") or [
        {"usageType": name, "content": "{{code}}", **({"subject": "a"} if factory_id in EMAIL else {})}
        for name in ("SignIn", "Register", "ForgotPassword", "Generic")
    ]
    if factory_id == "postmark-mail":
        rows = [{"usageType": row["usageType"], "templateAlias": "a"} for row in rows]
    assert kind(factory_id).validated(config | {"templates": rows})["templates"] == rows
    refused(factory_id, config | {"templates": rows[1:]})
    refused(factory_id, config | {"templates": [*rows, {"usageType": "Odd"}]})
    refused(factory_id, config | {"templates": rows * 30})
    refused(factory_id, config | {"templates": "a"})


@pytest.mark.parametrize("factory_id", ALL)
def test_what_the_console_is_told(factory_id: str) -> None:
    factory = kind(factory_id)
    assert {item.key for item in factory.form_items} <= factory.config().fields.keys()
    shown_masked = {item.key for item in factory.form_items if item.is_confidential}
    # What reports are verified with may be a secret, too.
    assert shown_masked - {"webhookSigningKey"} == secrets_of(factory_id)
    assert factory.readme.startswith("# ")
    assert "test message" in factory.readme
    assert SECRET not in factory.readme


def test_every_kind_for_messages_has_a_logo() -> None:
    for factory in list_factories():
        if isinstance(factory, MessageFactory) and not factory.id.startswith("development-"):
            path = finders.find(factory.logo)
            assert isinstance(path, str), factory.id
            assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_the_kinds_of_the_contract() -> None:
    assert EMAIL.keys() | SMS.keys() <= {factory.id for factory in list_factories()}
