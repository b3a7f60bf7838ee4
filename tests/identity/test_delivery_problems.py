"""Addresses that messages do not reach: recorded at their user, still written to, forgotten when messages arrive."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from connectors.address_events import AddressEvent, ProblemKind, ProblemReason
from connectors.models import Connector, DeliveryProblem
from connectors.services.connectors import create_connector, delete_connector
from connectors.services.delivery_problems import delete_old_problems
from connectors.services.report_intake import seal_events
from connectors.tasks import clean_up_problems, note_problems
from events.models import AuditLog
from identity.models import User
from identity.selectors import list_delivery_problems
from identity.services.codes import send_verification_code, verify_code
from identity.services.delivery_problems import clear_delivery_problem
from identity.services.users import create_user, delete_user, update_user
from tenants.models import Tenant
from tests.identity.test_codes import Outbox, code_of, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

KEY: dict[str, Any] = {"channel": "email", "recipient": "Bob@Example.com", "template_type": "SignIn"}


@pytest.fixture
def bob(tenant: Tenant) -> User:
    return create_user(primary_email="bob@example.com", primary_phone="4915112345678", actor=SYSTEM)


@pytest.fixture
def connector(tenant: Tenant) -> Connector:
    config = {"serverToken": "token", "fromEmail": "no-reply@example.com"}
    return create_connector(factory_id="postmark-mail", config=config, actor=SYSTEM)


def report(connector: Connector, address: str = "BOB@example.com", channel: Any = "email", **changes: Any) -> None:
    event = AddressEvent(channel, address, ProblemKind.HARD_BOUNCE, ProblemReason.NOT_FOUND, now(), **changes)
    note_problems(connector.tenant_id, connector.id, seal_events([event]))


def entries(user: User) -> list[dict[str, Any]]:
    keys = ["User.DeliveryProblem.Created", "User.DeliveryProblem.Deleted"]
    found = AuditLog.objects.filter(key__in=keys).order_by("created_at", "id")
    return [row.payload for row in found if row.payload["userId"] == user.id]


def test_a_bounce_is_recorded_at_the_user(bob: User, connector: Connector) -> None:
    """The provider spells the address as it likes: it is compared as those of users are."""
    report(connector)
    problem = list_delivery_problems(bob)["email"]
    assert (problem.kind, problem.reason, problem.factory_id) == ("hard_bounce", "not_found", "postmark-mail")
    [entry] = entries(bob)
    assert {name: entry[name] for name in ("kind", "reason", "channel")} == {
        "kind": "hard_bounce",
        "reason": "not_found",
        "channel": "email",
    }
    assert "example.com" not in str(entry)


def test_a_number(bob: User, connector: Connector) -> None:
    report(connector, "+4915112345678", "phone")
    assert list_delivery_problems(bob).keys() == {"phone"}


def test_an_address_of_nobody_is_known_when_somebody_gets_it(connector: Connector) -> None:
    report(connector, "carol@example.com")
    assert not AuditLog.objects.filter(key="User.DeliveryProblem.Created").exists()
    carol = create_user(primary_email="carol@example.com", actor=SYSTEM)
    assert "email" in list_delivery_problems(carol)


def test_codes_are_still_sent(bob: User, connector: Connector, outbox: Outbox) -> None:
    report(connector)
    send_verification_code(**KEY)
    assert len(outbox) == 1


def test_a_code_that_is_entered_shows_that_messages_arrive(bob: User, connector: Connector, outbox: Outbox) -> None:
    report(connector)
    send_verification_code(**KEY)
    with pytest.raises(AppError):
        verify_code(**KEY, code=wrong(outbox))
    assert list_delivery_problems(bob)
    verify_code(**KEY, code=code_of(outbox))
    assert not list_delivery_problems(bob)
    assert entries(bob)[-1]["cause"] == "code"


def test_an_admin_clears_it(bob: User, connector: Connector) -> None:
    report(connector)
    clear_delivery_problem(bob, channel="email", actor=SYSTEM)
    assert not list_delivery_problems(bob)
    assert entries(bob)[-1]["cause"] == "admin"
    with pytest.raises(AppError) as failure:
        clear_delivery_problem(bob, channel="email", actor=SYSTEM)
    assert failure.value.code == "entity.not_found"


def test_an_address_that_is_left_is_forgotten(bob: User, connector: Connector) -> None:
    report(connector)
    update_user(bob, name="Bob", primary_email="BOB@example.com", actor=SYSTEM)
    assert list_delivery_problems(bob)
    update_user(bob, primary_email="bob@work.example", actor=SYSTEM)
    assert not list_delivery_problems(bob)
    update_user(bob, primary_email="bob@example.com", actor=SYSTEM)
    assert not list_delivery_problems(bob)


def test_it_goes_with_the_user(bob: User, connector: Connector) -> None:
    report(connector)
    delete_user(bob, actor=SYSTEM)
    assert not DeliveryProblem.objects.filter(cleared_at__isnull=True).exists()


def test_it_outlives_its_connector(bob: User, connector: Connector) -> None:
    """The mailbox is not mended by another provider."""
    report(connector)
    delete_connector(connector.id, actor=SYSTEM)
    assert list_delivery_problems(bob)
    report(connector, "carol@example.com")
    assert DeliveryProblem.objects.count() == 1


def test_old_ones_are_deleted(bob: User, connector: Connector) -> None:
    report(connector)
    with time_machine.travel(now() + timedelta(days=364)):
        clean_up_problems()
        assert list_delivery_problems(bob)
    with time_machine.travel(now() + timedelta(days=366)):
        delete_old_problems()
        assert not DeliveryProblem.objects.exists()


def test_a_key_of_the_ring_that_was_replaced(bob: User, connector: Connector, settings: Any) -> None:
    """The digest was made under the key that was the newest then."""
    report(connector)
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", *old]
    assert list_delivery_problems(bob)
    report(connector, event_id="another")
    assert DeliveryProblem.objects.count() == 1
    clear_delivery_problem(bob, channel="email", actor=SYSTEM)
    assert not list_delivery_problems(bob)
