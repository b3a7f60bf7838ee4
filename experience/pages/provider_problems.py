"""What users are told if signing in at a provider has not worked: on the first page, where the other ways are."""

from django.http import HttpResponse
from django.utils.translation import gettext

from common.errors import AppError
from experience.pages.first_pages import first_event, first_page, restart
from experience.pages.page import Page
from tenants.rate_limits import TooManyRequestsError

# How providers say that the user has turned back: RFC 6749 section 4.1.2.1, and words of their own.
_CANCELLED = frozenset({"access_denied", "user_cancelled_authorize", "user_cancelled_login", "user_denied"})
# Notices by code; any other code of a connector is a failure.
_NOTICES = {
    "connector.timed_out": "provider-unavailable",
    "connector.general": "provider-unavailable",
    "entity.not_found": "provider-failed",
    "entity.not_exists_with_id": "provider-failed",
    "session.invalid_connector_id": "provider-failed",
    "single_sign_on.sso_signing_unavailable": "provider-failed",
    "session.csrf_token_mismatch": "provider-failed",
    "session.google_one_tap.cookie_mismatch": "provider-failed",
    "session.connector_validation_session_not_found": "expired",
    "session.verification_session_not_found": "expired",
    "session.interaction_not_found": "expired",
}


def refuse(page: Page, error: AppError) -> HttpResponse:
    """Go back to the first page with a sentence about a provider, or say on a page what else has stopped the user."""
    if isinstance(error, TooManyRequestsError) or error.code == "session.not_found":
        raise error
    if notice := _notice_of(error):
        if page.parameter("first_screen") == "single_sign_on" and page.settings.is_sso_enabled:
            return page.redirect("single-sign-on-email", notice=notice)
        return restart(page, notice=notice)
    return page.render(
        "message",
        {
            "title": gettext("You could not be signed in"),
            "message": error.message,
            "link": page.url(first_page(page, first_event(page))),
            "label": gettext("Sign in another way"),
        },
    )


def _notice_of(error: AppError) -> str:
    if error.code == "connector.authorization_failed":
        said = error.data.get("error") if isinstance(error.data, dict) else None
        return "provider-cancelled" if said in _CANCELLED else "provider-failed"
    return _NOTICES.get(error.code) or ("provider-failed" if error.code.startswith("connector.") else "")
