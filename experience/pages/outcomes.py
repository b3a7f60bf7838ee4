"""What follows a step: the next page, the end of the journey, or the same page with a sentence.

The tables here are the one place that says to which page, or to which field, an error belongs.
"""

from collections.abc import Callable

from django.http import HttpResponse

from common.errors import AppError
from experience.models import Interaction
from experience.pages.first_pages import first_page, leave, restart
from experience.pages.forms import PageForm
from experience.pages.page import Page
from experience.pages.provider_start import start_sso
from experience.pages.second_factor_codes import verify_with
from experience.services.steps import steps_together
from experience.services.submission import conclude

Event = Interaction.Event

# After these the journey has to begin again, with a notice that says why.
_RESTARTS = {
    "session.interaction_not_found": "expired",
    "session.verification_session_not_found": "expired",
    "session.identifier_not_found": "expired",
    "session.invalid_interaction_type": "expired",
    "session.identity_conflict": "expired",
    # The tenant has changed its settings meanwhile.
    "user.sign_in_method_not_enabled": "unavailable",
    "session.not_supported_for_forgot_password": "unavailable",
    "auth.forbidden": "unavailable",
}

# How a code begins -> the field it is about.
_FIELDS = (
    ("verification_code.", "code"),
    ("session.mfa.invalid_", "code"),
    ("session.verification_blocked_", "code"),
    ("password.rejected", "password"),
    ("user.same_password", "password"),
    ("user.username_", "identifier"),
    ("user.email_", "identifier"),
    ("user.phone_", "identifier"),
    ("user.invalid_", "identifier"),
    ("session.email_blocklist.", "identifier"),
)


def finish(page: Page, interaction: Interaction) -> HttpResponse:
    """Create the account where one is being registered, end the journey, and `leave`."""
    with steps_together():
        redirect_to = conclude(interaction)
    return leave(page, redirect_to)


def attempt(page: Page, form: PageForm, action: Callable[[], HttpResponse]) -> HttpResponse | None:
    """Run a step. Its error leads to another page, or is shown by the form: then the answer is `None`."""
    try:
        return action()
    except AppError as error:
        response = page_after(page, error)
        if response is None:
            form.add_app_error(error, field=field_of(error.code))
        return response


def field_of(code: str) -> str | None:
    """Return the field that a code is about, `None` for the whole form."""
    return next((field for start, field in _FIELDS if code.startswith(start)), None)


def page_after(page: Page, error: AppError) -> HttpResponse | None:
    """Return the page that an error leads to, `None` if it is for the page at hand to show."""
    match error.code:
        case "session.not_found":
            raise error
        case "session.captcha_required" if not page.asks_captcha:
            # A captcha is on the page where the journey begins.
            return restart(page, notice="expired")
        case "user.missing_profile":
            part = error.data["missingProfile"][0]
            return (
                page.redirect("continue-extra-profile") if part == "extraProfile" else page.redirect("continue", part)
            )
        case "user.new_password_required_in_profile":
            return page.redirect("forgot-password-reset")
        case "password.expired":
            return page.redirect(first_page(page, Event.FORGOT_PASSWORD), notice="password-expired")
        case "user.suspended":
            return page.redirect("account-suspended")
        case "session.sign_in_restricted":
            return page.redirect("sign-in-restricted", reason=error.data["reason"])
        case "session.mfa.require_mfa_verification":
            return verify_with(page, error.data["availableFactors"][0])
        case "user.suggest_mfa":
            return page.redirect("mfa-onboarding")
        case "user.missing_mfa" | "session.mfa.suggest_additional_mfa":
            return page.redirect("mfa-binding")
        case "session.mfa.backup_code_required":
            return page.redirect("mfa-binding-backup-codes")
        case "session.sso_enabled":
            return start_sso(page, [connector["id"] for connector in error.data["ssoConnectors"]])
        case "user.passkey_preferred":
            return page.redirect("create-passkey")
    if error.code.startswith("one_time_token."):
        return page.redirect("one-time-token-error", reason=error.code)
    return restart(page, notice=_RESTARTS[error.code]) if error.code in _RESTARTS else None
