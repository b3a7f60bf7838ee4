"""The tenant's captcha provider is set up, replaced, checked and removed here. There is one at most."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.crypto import seal
from common.errors import AppError
from events.history import Subject, record
from experience.captcha import KINDS, validated
from experience.captcha.base import CaptchaUnavailableError
from experience.captcha.provider import SEAL_CONTEXT, config_of
from experience.models import CaptchaProvider, SignInExperience, SpentCaptcha
from experience.services.settings import update_sign_in_experience


def find_captcha_provider() -> CaptchaProvider | None:
    """Return the provider, `None` if the tenant has none. 1 statement."""
    return CaptchaProvider.objects.first()


def get_captcha_provider() -> CaptchaProvider:
    """Return the provider; raises `entity.not_found`."""
    provider = find_captcha_provider()
    if provider is None:
        raise AppError("entity.not_found")
    return provider


@transaction.atomic
def put_captcha_provider(config: Mapping[str, Any], *, actor: Actor) -> CaptchaProvider:
    """Set up the provider, in place of one that there may be; its configuration is replaced whole.

    The provider is not asked: `check_captcha_config` does. Raises `guard.invalid_input` with the places below `config`.
    """
    checked = validated(dict(config))
    _lock()
    row = find_captcha_provider()
    before = config_of(row) if row else {}
    is_same_kind = before.get("type") == checked["type"]
    after = KINDS[checked["type"]].completed(checked, before if is_same_kind else {})
    if row is None:
        row = CaptchaProvider(sealed_config=_sealed(after))
        row.save()
        row.refresh_from_db()
        record("CaptchaProvider.Created", actor=actor, subject=_subject(row), after={"type": after["type"]})
    elif after != before:
        row.sealed_config = _sealed(after)
        row.save(update_fields=["sealed_config", "updated_at"])
        changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        types: dict[str, Any] = (
            {} if is_same_kind else {"before": {"type": before["type"]}, "after": {"type": after["type"]}}
        )
        record("CaptchaProvider.Updated", actor=actor, subject=_subject(row), changed=changed, **types)
    return row


@transaction.atomic
def delete_captcha_provider(*, actor: Actor) -> None:
    """Remove the provider, and switch captchas off with it; raises `entity.not_found`."""
    _lock()
    row = get_captcha_provider()
    update_sign_in_experience({"captchaPolicy": {"enabled": False}}, actor=actor)
    record("CaptchaProvider.Deleted", actor=actor, subject=_subject(row), before={"type": config_of(row)["type"]})
    row.delete()


def check_captcha_config(config: Mapping[str, Any]) -> None:
    """Find out whether tokens can be verified with a configuration, stored or not. Calls the provider.

    Raises `guard.invalid_input`, and `session.captcha_failed` with what the provider says in `data["reason"]`.
    """
    checked = validated(dict(config))
    kind = KINDS[checked["type"]]
    try:
        kind.check(kind.completed(checked, {}))
    except CaptchaUnavailableError as error:
        raise AppError("session.captcha_failed", data={"reason": str(error)}) from error


def delete_expired_captchas() -> None:
    """Forget tokens of the current tenant that would not be accepted any more."""
    SpentCaptcha.objects.filter(expires_at__lt=now()).delete()


def _lock() -> None:
    """Hold the settings: captchas are switched on with a provider alone (`settings_rules.check_captcha`)."""
    SignInExperience.objects.select_for_update().get()


def _sealed(config: Mapping[str, Any]) -> bytes:
    return seal(json.dumps(config), context=SEAL_CONTEXT)


def _subject(row: CaptchaProvider) -> Subject:
    return Subject("CaptchaProvider", row.id)
