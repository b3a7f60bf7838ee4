"""What providers answer, and what becomes of it: the kind, whether it is tried again, and nobody's address in a log."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.logs import JsonFormatter
from connectors.failures import DeliveryError
from connectors.services.connectors import create_connector
from connectors.services.messages import send_message
from events.models import AuditLog
from tenants.models import Tenant
from tests.connectors.provider import Provider, kind, send
from tests.connectors.provider_cases import ALL, SECRET

pytestmark = pytest.mark.django_db

REFUSALS = [
    pytest.param(factory_id, *refusal, id=f"{factory_id}-{number}-{refusal[2]}")
    for factory_id, case in ALL.items()
    for number, refusal in enumerate(case.refusals)
]


@pytest.mark.parametrize("factory_id", ALL)
def test_a_message_that_is_taken(factory_id: str, provider: Provider, tenant: Tenant) -> None:
    provider.answer(*ALL[factory_id].accepted)
    send(factory_id, ALL[factory_id].config, **ALL[factory_id].changes())
    assert provider.request.method == ALL[factory_id].method


@pytest.mark.parametrize(("factory_id", "status", "body", "reason", "is_permanent"), REFUSALS)
def test_a_message_that_is_refused(
    factory_id: str, status: int, body: Any, reason: str, is_permanent: bool, provider: Provider, tenant: Tenant
) -> None:
    provider.answer(status, body, Location="https://elsewhere.example/")
    with pytest.raises(DeliveryError) as failure:
        send(factory_id, ALL[factory_id].config, **ALL[factory_id].changes())
    assert (failure.value.kind, failure.value.permanent) == (reason, is_permanent)
    assert len(provider.requests) == 1
    assert SECRET not in str(failure.value) + failure.value.detail
    assert len(failure.value.detail) <= 300


@pytest.mark.parametrize("factory_id", ALL)
def test_a_provider_that_is_silent(factory_id: str, provider: Provider, tenant: Tenant) -> None:
    provider.is_silent.set()
    with pytest.raises(DeliveryError) as failure:
        send(factory_id, ALL[factory_id].config, **ALL[factory_id].changes())
    assert (failure.value.kind, failure.value.permanent) == ("timed_out", False)


@pytest.mark.parametrize("factory_id", ALL)
@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "\0",
        b"\xff\xfe",
        "null",
        '"text"',
        "[]",
        "[[]]",
        '{"errors": 1}',
        '{"Response": []}',
        "1" * 5_000,
    ],
)
def test_an_odd_answer_is_a_failure_like_another(
    factory_id: str, body: str | bytes, provider: Provider, tenant: Tenant
) -> None:
    """A parser that falls over would be an internal error, and the test message's sender would learn nothing."""
    provider.answer(400, body)
    with pytest.raises(DeliveryError) as failure:
        send(factory_id, ALL[factory_id].config, **ALL[factory_id].changes())
    assert failure.value.kind in ("message_refused", "unexpected_answer")
    assert len(failure.value.detail) <= 300
    assert "\n" not in failure.value.detail


@pytest.mark.parametrize("factory_id", ALL)
def test_nothing_of_the_message_is_logged(
    factory_id: str,
    provider: Provider,
    tenant: Tenant,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    channel = kind(factory_id).channel
    recipient = ALL[factory_id].recipient or ("bob@example.com" if channel == "email" else "4915112345678")
    provider.answer(400, {"message": f"{recipient} is refused, {SECRET}"})
    create_connector(factory_id=factory_id, config=ALL[factory_id].config, actor=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level("DEBUG"):
        send_message(channel=channel, recipient=recipient, template_type="SignIn", payload={"code": "982451"})
    assert provider.requests
    entry = AuditLog.objects.get(key="Message.DeliveryFailed").payload
    logged = "\n".join(JsonFormatter().format(record) for record in caplog.records if record.name != "faker")
    for said in (logged, str(entry)):
        for word in (recipient, "982451", SECRET):
            assert word not in said
