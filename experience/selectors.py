"""Reads of interactions, and of the settings as the public sees them."""

from typing import Any

from common.errors import AppError
from connectors.selectors import has_connector
from experience.captcha.provider import find_captcha
from experience.models import Interaction
from experience.profile_fields.catalog import list_profile_fields, list_sign_up_fields
from experience.public_connectors import represent_public_connectors
from experience.records import MFA_CODE_RECORDS, RecordType, VerificationRecord
from experience.second_factors.holdings import mask_email, mask_phone
from experience.second_factors.staged import StagedFactors
from experience.services.captcha import captcha_of
from experience.services.settings import get_sign_in_experience
from experience.services.steps import FINISHED, read_records
from experience.services.trusted_devices import may_trust_devices
from experience.sign_in_settings import SignInSettings
from experience.staged_profile import SECRETS, info_for_policy
from identity.passwords import PasswordIssue, find_issues
from identity.selectors import get_user
from oidc.models import AuthorizationRequest
from tenants.configuration import cached
from tenants.database.rows import find

_PRIVATE_SETTINGS = frozenset(
    {"emailBlocklistPolicy", "forgotPasswordMethods", "signInRestrictionPolicy", "trustedDevice"}
)


def find_interaction(pending: AuthorizationRequest, *, finished: bool = False) -> Interaction | None:
    """Return the journey of an authorization request; `None` if none has begun.

    One that is finished is only returned with `finished`: all it can do is answer its submission again.
    """
    interaction = find(Interaction, "r.request_id = %s", pending.id)
    if interaction is None or (FINISHED in interaction.context and not finished):
        return None
    interaction.request = pending
    return interaction


def get_interaction(pending: AuthorizationRequest, *, finished: bool = False) -> Interaction:
    """Return the journey as `find_interaction` does; raises `session.interaction_not_found`."""
    interaction = find_interaction(pending, finished=finished)
    if interaction is None:
        raise AppError("session.interaction_not_found")
    return interaction


def represent_interaction(interaction: Interaction) -> dict[str, Any]:
    """Return what a client may see of a journey: no password in any form."""
    state: dict[str, Any] = {
        "interactionEvent": interaction.event,
        "profile": {name: value for name, value in interaction.profile.items() if name not in SECRETS},
        "verificationRecords": [_represent_record(record) for record in read_records(interaction)],
        "captcha": captcha_of(interaction),
    }
    state["trustedDevice"] = _represent_trust(interaction)
    if staged := StagedFactors.of(interaction.context).as_wire():
        state["mfa"] = staged
    if interaction.user_id:
        state["userId"] = interaction.user_id
    if sign_in_context := interaction.context.get("signInContext"):
        state["signInContext"] = sign_in_context
    return state


def _represent_record(record: VerificationRecord) -> dict[str, Any]:
    """Return a record without what only its user knows: where a second factor's code went, until it has come back."""
    shown = record.as_wire()
    if record.type in MFA_CODE_RECORDS.values() and not record.verified:
        identifier = record.identifier
        masked = mask_email(identifier.value) if identifier.kind == "email" else mask_phone(identifier.value)
        shown["identifier"] = {"type": identifier.kind, "value": masked}
    return shown


def _represent_trust(interaction: Interaction) -> dict[str, Any]:
    """Whether the user may have the browser trusted at the end, for how many days. No statement while it is off."""
    policy = get_sign_in_experience().trusted_device
    is_open = policy.enabled and interaction.event != Interaction.Event.FORGOT_PASSWORD
    if not is_open or interaction.user is None or not may_trust_devices(interaction.user):
        return {"canCreate": False}
    return {"canCreate": True, "durationDays": policy.days}


def _can_reset_with(settings: SignInSettings, record_type: RecordType, channel: Any) -> bool:
    return settings.resets_password_with(record_type) and has_connector(channel)


def represent_public_settings() -> dict[str, Any]:
    """Return the settings that anybody may read, with what the sign-in page needs next to them; cached."""
    return cached("public-sign-in-experience", "", lambda: public_settings_of(get_sign_in_experience()))


def public_settings_of(settings: SignInSettings) -> dict[str, Any]:
    """Return what anybody might read of these settings, which may be unsaved ones."""
    asked, captcha = settings.wire["signUpProfileFields"], find_captcha()
    return {
        **{name: value for name, value in settings.wire.items() if name not in _PRIVATE_SETTINGS},
        **represent_public_connectors(settings),
        "forgotPassword": {
            "phone": _can_reset_with(settings, RecordType.PHONE_CODE, "phone"),
            "email": _can_reset_with(settings, RecordType.EMAIL_CODE, "email"),
        },
        "isDevelopmentTenant": False,
        **({"captchaConfig": captcha.public} if captcha and settings.requires_captcha else {}),
        "customProfileFields": [field.wire for field in list_sign_up_fields(asked)],
        "customProfileFieldCatalog": [field.wire for field in list_profile_fields()],
    }


def list_password_issues(password: str, *, user_id: str | None = None) -> list[PasswordIssue]:
    """Return why the tenant's policy rejects a password; an empty list if it does not.

    Raises `request.invalid_input` where the policy looks at the user's data and no user is named, and
    `entity.not_found`.
    """
    policy = get_sign_in_experience().password_policy
    if user_id is None and policy.rejects_user_info:
        raise AppError("request.invalid_input", details="userId is required while the policy rejects user information")
    user = None if user_id is None else get_user(user_id)
    return find_issues(password, policy, info_for_policy(user, {}))
