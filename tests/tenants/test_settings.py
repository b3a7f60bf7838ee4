"""Settings that several change at once."""

from functools import partial

import pytest

from applications.registration.client_registration import change_registration_settings
from applications.registration.settings import REGISTRATION_SETTING
from common.actors import SYSTEM
from identity.account_center import get_account_center, update_account_center
from tenants.models import Tenant
from tenants.services.settings import get_setting, merge_setting
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_changes_of_different_members_all_take_effect(tenant: Tenant) -> None:
    """Each PATCH once read the setting, laid its member over it and stored the whole: one of two at once was lost."""
    for number in range(1, 6):
        changes = [{"maxClients": number}, {"unusedClientDays": number}]
        race([partial(merge_setting, REGISTRATION_SETTING, change, actor=SYSTEM) for change in changes])
        assert get_setting(REGISTRATION_SETTING) == {"maxClients": number, "unusedClientDays": number}


def test_the_account_center_keeps_both_changes(tenant: Tenant) -> None:
    race(
        [
            partial(update_account_center, {"enabled": True}, actor=SYSTEM),
            partial(update_account_center, {"fields": {"name": "Edit"}}, actor=SYSTEM),
        ]
    )
    center = get_account_center()
    assert (center.enabled, dict(center.fields)) == (True, {"name": "Edit"})


def test_registration_settings_keep_both_changes(tenant: Tenant) -> None:
    race(
        [
            partial(change_registration_settings, change, actor=SYSTEM)
            for change in ({"maxClients": 7}, {"unusedClientDays": 9})
        ]
    )
    stored = get_setting(REGISTRATION_SETTING)
    assert (stored["maxClients"], stored["unusedClientDays"]) == (7, 9)
