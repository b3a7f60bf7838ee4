"""Sending the code that a verification record waits for: in the user's language, and saying where they sign in."""

from typing import Any

from common.networks import network_of
from common.request_context import request_header, request_origin, request_parameter
from experience.languages import choose_language
from experience.models import Interaction
from experience.phrases.speech import custom_tags
from experience.records import CodeRecipient, VerificationRecord
from experience.services.settings import get_sign_in_experience
from experience.services.steps import put_record, step
from experience.sign_in_settings import SignInSettings
from identity.services import codes
from identity.services.send_limits import Sender
from oidc.consent.selectors import presentation_of
from organizations.selectors import find_organization


def dispatch_code(
    interaction: Interaction,
    record: VerificationRecord,
    recipient: CodeRecipient,
    *,
    key: str,
    details: dict[str, Any],
    is_suppressed: bool = False,
) -> None:
    """Send a code and keep its record with the journey; a suppressed one is counted and goes nowhere.

    The journey is held while the code goes out: of two that are asked for at once, the later is the one that counts.
    Raises `request.message_rate_limited` and `connector.not_found` (501).
    """
    settings = get_sign_in_experience()
    sender = Sender(network_of(request_origin().ip), interaction.request_id)
    context, locale = _message_context(interaction), _message_language(interaction, settings)
    with step(interaction, key, keeps_refusals=True, **details):
        codes.send_verification_code(
            channel=recipient.kind,
            recipient=recipient.value,
            template_type=record.template_type,
            verification_id=record.id,
            policy=settings.codes,
            context=context,
            locale=locale,
            sender=sender,
            is_suppressed=is_suppressed,
        )
        put_record(interaction, record)


def _message_language(interaction: Interaction, settings: SignInSettings) -> str:
    """Return the tag of a message's language: it is chosen as that of a page."""
    return choose_language(
        ui_locales=str(interaction.request.parameters.get("ui_locales") or ""),
        locale=request_parameter("locale"),
        accept_language=request_header("accept-language"),
        language_info=settings.wire["languageInfo"],
        custom=custom_tags(),
    )


def _message_context(interaction: Interaction) -> dict[str, Any]:
    """Return what a message may say: about where the user signs in, nothing that a client nobody has checked chose.

    Everything that a template may name is there, empty if there is nothing to say: no placeholder reaches a person.
    """
    application = interaction.request.application
    named: dict[str, Any] = {}
    if not application.is_unverified:
        presentation = presentation_of(application.id)
        # A third party's logo is for the consent page alone.
        branding = {} if application.is_third_party else presentation.branding
        named = {"id": application.id, "name": application.name, "branding": branding}
        if presentation.display_name:
            named["displayName"] = presentation.display_name
    organization_id = str(interaction.request.parameters.get("organization_id") or "")
    organization = find_organization(organization_id) if organization_id else None
    return {
        "application": named,
        "organization": {}
        if organization is None
        else {"id": organization.id, "name": organization.name, "branding": organization.branding},
        "user": {},
        "inviter": {},
        "uiLocales": str(interaction.request.parameters.get("ui_locales") or ""),
    }
