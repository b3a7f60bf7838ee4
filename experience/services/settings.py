"""The tenant's sign-in settings: read by every step, changed as a whole or not at all."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.clock import now, to_milliseconds
from common.errors import AppError
from common.shapes import validate
from connectors.selectors import list_social_connections
from events.history import Subject, record
from experience.custom_ui.versions import chosen_assets
from experience.models import SignInExperience
from experience.profile_fields.catalog import list_profile_fields
from experience.restrictions import clean_restrictions
from experience.settings_rules import assert_settings_valid
from experience.settings_shape import SIGN_IN_EXPERIENCE
from experience.sign_in_settings import FIELDS, SignInSettings
from experience.username_conflicts import represent_username_conflicts
from identity.identifiers import clean_blocklist_settings
from identity.services.usernames import apply_case_sensitivity
from tenants.configuration import cached

_MAX_SAMPLES = 20


def get_sign_in_experience() -> SignInSettings:
    """Return the settings in force; cached until the tenant's configuration changes."""
    return cached("sign-in-experience", "", lambda: SignInSettings.from_row(_row()))


def seed_sign_in_experience() -> None:
    """Give a new tenant its settings: username and password, and whatever its catalog of profile fields will have.

    Does nothing if there are some.
    """
    SignInExperience.objects.get_or_create(defaults={"sign_up_profile_fields": None})


def _row() -> SignInExperience:
    return SignInExperience.objects.get()


@transaction.atomic
def update_sign_in_experience(changes: Mapping[str, Any], *, actor: Actor) -> SignInSettings:
    """Change settings, given by their names on the wire, and return all of them.

    Each object is replaced whole, but `passwordExpiration` is merged; adaptive MFA goes with the last factor. Unknown
    names are ignored. Raises
    `guard.invalid_input` for a value that does not have its shape (`experience.settings_shape`),
    `entity.invalid_input` when nothing is left to change, `sign_in_experiences.*`, `request.feature_not_supported`
    and `request.invalid_input`; see `experience.settings_rules`. One change at a time: the row is locked.
    """
    row = SignInExperience.objects.select_for_update().get()
    before = SignInSettings.from_row(row)
    cleaned = _cleaned(validate(SIGN_IN_EXPERIENCE, dict(changes)), before)
    if not cleaned:
        raise AppError("entity.invalid_input")
    assert_settings_valid(cleaned, {**before.wire, **cleaned})
    for name, value in cleaned.items():
        setattr(row, FIELDS[name], value)
    row.save(update_fields=[FIELDS[name] for name in cleaned])
    after = SignInSettings.from_row(row)
    names = [name for name in cleaned if before.wire[name] != after.wire[name]]
    record(
        "SignInExperience.Updated",
        actor=actor,
        subject=Subject("SignInExperience", str(row.pk)),
        before={name: before.wire[name] for name in names},
        after={name: after.wire[name] for name in names},
    )
    if after.username_policy.case_sensitive != before.username_policy.case_sensitive:
        _switch_case_sensitivity(after.username_policy.case_sensitive)
    return after


def draft_sign_in_experience(changes: Mapping[str, Any]) -> SignInSettings:
    """Return the settings as they would be with these changes, of which nothing is kept: for a preview.

    Raises `guard.invalid_input` for a value that does not have its shape; rules are asked when it is saved.
    """
    row = _row()
    for name, value in _cleaned(validate(SIGN_IN_EXPERIENCE, dict(changes)), SignInSettings.from_row(row)).items():
        setattr(row, FIELDS[name], value)
    return SignInSettings.from_row(row)


def _cleaned(changes: dict[str, Any], before: SignInSettings) -> dict[str, Any]:
    """Return the changes as they are stored."""
    if "emailBlocklistPolicy" in changes:
        changes["emailBlocklistPolicy"] = clean_blocklist_settings(changes["emailBlocklistPolicy"])
    if "customUiAssets" in changes:
        changes["customUiAssets"] = chosen_assets(changes["customUiAssets"])
    if "signInRestrictionPolicy" in changes:
        changes["signInRestrictionPolicy"] = clean_restrictions(changes["signInRestrictionPolicy"])
    if "socialSignInConnectorTargets" in changes:
        known = {connection.target for connection in list_social_connections().values()}
        wanted = dict.fromkeys(changes["socialSignInConnectorTargets"])
        # Only targets of connectors that are set up stay.
        changes["socialSignInConnectorTargets"] = [target for target in wanted if target in known]
    if changes.get("signUpProfileFields"):
        changes["signUpProfileFields"] = _known_profile_fields(changes["signUpProfileFields"])
    if "passwordExpiration" in changes:
        changes["passwordExpiration"] = _merged_expiration(before, changes["passwordExpiration"])
    if "mfa" in changes and not changes["mfa"]["factors"] and before.adaptive_mfa:
        # There is nothing left to ask for; whoever names it as well gets the rule's answer.
        changes.setdefault("adaptiveMfa", {"enabled": False})
    return changes


def _known_profile_fields(chosen: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return those that are in the catalog; raises `request.invalid_input` for one that is named twice."""
    names = [item["name"] for item in chosen]
    if len(names) != len(set(names)):
        raise AppError("request.invalid_input", details="signUpProfileFields names a field twice")
    known = {field.name for field in list_profile_fields()}
    return [item for item in chosen if item["name"] in known]


def _merged_expiration(before: SignInSettings, given: Mapping[str, Any]) -> dict[str, Any]:
    stored = before.wire["passwordExpiration"]
    merged = {**stored, **given}
    if merged.get("enabled") and not stored.get("enabled"):
        # Passwords of unknown age count from here.
        merged["enabledAt"] = to_milliseconds(now())
    return merged


def _switch_case_sensitivity(case_sensitive: bool) -> None:
    if not case_sensitive:
        conflicts = represent_username_conflicts(limit=_MAX_SAMPLES)
        if conflicts["totalConflicts"]:
            raise AppError("sign_in_experiences.username_policy_case_conflicts_exist", data=conflicts)
    apply_case_sensitivity(case_sensitive=case_sensitive)
