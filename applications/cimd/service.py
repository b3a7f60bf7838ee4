"""Developers let clients in that are known by the address of their metadata, and shut them out."""

from django.db import transaction

from applications.cimd.stand_in import ensure_stand_in
from applications.cimd.switch import CIMD_SETTING
from common.actors import Actor
from events.history import Subject, record
from tenants.services.settings import set_setting

AUDIT_KEY = "CimdConfig.Updated"


@transaction.atomic
def switch_cimd(*, is_on: bool, actor: Actor) -> None:
    """Take such clients, or take them no more: their tokens are then worth nothing until they are taken again."""
    if is_on:
        ensure_stand_in()
    set_setting(CIMD_SETTING, {"enabled": is_on}, actor=actor)
    record(AUDIT_KEY, actor=actor, subject=Subject("Setting", CIMD_SETTING.key), enabled=is_on)
