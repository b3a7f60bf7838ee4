"""Settings that several change at once."""

from functools import partial

import pytest

from applications.registration.client_registration import change_registration_settings
from common.actors import SYSTEM
from identity.account_center import get_account_center, update_account_center
from tenants.models import Tenant
from tenants.services.settings import SettingKey, get_setting, merge_setting
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_changes_of_different_members_all_take_effect(tenant: Tenant) -> None:
    """Each PATCH once read the setting, laid its member over it and stored the whole: one of two at once was lost."""
    for number in range(5):
        changes = [{"ttl": 86_400 + number}, {f"member{number}": True}]
        race([partial(merge_setting, SettingKey.SESSION, change, actor=SYSTEM) for change in changes])
        stored = get_setting(SettingKey.SESSION)
        assert (stored["ttl"], stored[f"member{number}"]) == (86_400 + number, True)


def test_the_account_center_keeps_both_changes(tenant: Tenant) -> None:
    race(
        [
            partial(update_account_center, enabled=True, actor=SYSTEM),
            partial(update_account_center, fields={"name": "Edit"}, actor=SYSTEM),
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
    stored = get_setting(SettingKey.CLIENT_REGISTRATION)
    assert (stored["maxClients"], stored["unusedClientDays"]) == (7, 9)
