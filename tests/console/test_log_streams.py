"""The page of log streams: one is set up, tested, resumed and deleted."""

from typing import Any

import pytest
from django.test import Client

from common.http import Response
from events.models import AuditLog, LogStream
from events.streams import delivery
from events.streams.configuration import config_of
from tenants.context import enter_tenant

PAGE = "/console/default/log-streams/"
FORM = {
    "name": "Collector",
    "kind": "json",
    "url": "https://logs.example.com/in",
    "headers": "Authorization: Bearer s3cret\r\nX-Team: a:b",
}


def shown(console: Client, **values: str) -> str:
    return console.post(PAGE, values, follow=True).content.decode()


def test_a_stream_from_its_beginning_to_its_end(
    console: Client, installation: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(console, **FORM)
    assert "https://logs.example.com/in" in page
    assert "s3cret" not in page
    with enter_tenant("default"):
        stream = LogStream.objects.get()
        config = config_of(stream)
    assert config["headers"] == {"Authorization": "Bearer s3cret", "X-Team": "a:b"}
    assert config["format"] == "json"
    answers = [Response(200, {}, b""), Response(401, {}, b"")]
    monkeypatch.setattr(delivery, "fetch", lambda *arguments, **options: answers.pop(0))
    assert "The destination took the test." in shown(console, id=stream.id, action="test")
    assert "the destination answered 401" in shown(console, id=stream.id, action="test")
    with enter_tenant("default"):
        LogStream.objects.update(failures=3, error="the destination answered 503", paused_at=stream.created_at)
    page = console.get(PAGE).content.decode()
    assert "the destination answered 503" in page
    assert "Paused" in page
    assert "503" not in shown(console, id=stream.id, action="resume")
    assert "Switch on" in shown(console, id=stream.id, action="switch")
    assert "logs.example.com" not in shown(console, id=stream.id, action="delete")
    with enter_tenant("default"):
        assert not LogStream.objects.exists()
        entries = AuditLog.objects.filter(key__startswith="LogStream.", payload__actor__kind="developer")
        assert entries.count() == 4


@pytest.mark.parametrize(
    "wrong", [{"headers": "no colon"}, {"headers": "Host: x"}, {"url": "ftp://x"}, {"name": ""}, {"kind": "pigeon"}]
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    console: Client, installation: dict[str, Any], wrong: dict[str, str]
) -> None:
    assert "gh-error" in shown(console, **(FORM | wrong))
    with enter_tenant("default"):
        assert not LogStream.objects.exists()


def test_a_stream_that_nobody_has_is_not_found(console: Client, installation: dict[str, Any]) -> None:
    """PostgreSQL refuses NUL in a text: the page of an error came instead of an answer."""
    for id in ("nothing", "\x00"):
        assert "gh-" in shown(console, id=id, action="test")
