"""A connector that users need to choose a new password when theirs has expired is not deleted."""

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from connectors.models import Connector
from connectors.services.connectors import create_connector, delete_connector
from experience.services.settings import update_sign_in_experience

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

EXPIRES = {"enabled": True, "validPeriodDays": 30}


def add(channel: str) -> Connector:
    return create_connector(factory_id=f"development-mailbox-{channel}", config={}, actor=SYSTEM)


def test_the_last_connector_for_forgotten_passwords_stays_while_passwords_expire() -> None:
    """Deleting it would lock out whoever's password expires next; it could be deleted."""
    email = add("email")
    methods = ["EmailVerificationCode"]
    update_sign_in_experience({"forgotPasswordMethods": methods, "passwordExpiration": EXPIRES}, actor=SYSTEM)
    with pytest.raises(AppError) as error:
        delete_connector(email.id, actor=SYSTEM)
    assert error.value.code == "sign_in_experiences.password_expiration_requires_forgot_password"
    assert error.value.status == 422
    assert Connector.objects.filter(id=email.id).exists()
    # Another one in its place carries the same codes, and a connector of the other channel was never needed.
    replaced = add("email")
    delete_connector(add("sms").id, actor=SYSTEM)
    update_sign_in_experience({"passwordExpiration": {"enabled": False}}, actor=SYSTEM)
    delete_connector(replaced.id, actor=SYSTEM)
    assert not Connector.objects.exists()


def test_the_other_channel_is_enough_if_it_may_be_used() -> None:
    email = add("email")
    add("sms")
    update_sign_in_experience({"forgotPasswordMethods": None, "passwordExpiration": EXPIRES}, actor=SYSTEM)
    delete_connector(email.id, actor=SYSTEM)
    assert [row.factory_id for row in Connector.objects.all()] == ["development-mailbox-sms"]
