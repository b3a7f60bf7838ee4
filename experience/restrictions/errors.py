"""The refusal of a sign-in, and those of a policy that nobody could sign in with."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from common.errors import AppError, declare

declare(
    {
        "session.sign_in_restricted": (403, _("You cannot sign in with this account, or from where you are.")),
        "sign_in_experiences.sign_in_restriction_contradicts_itself": (
            422,
            _("An entry is both allowed and refused: %(item)s"),
        ),
        "sign_in_experiences.sign_in_restriction_locks_out_everybody": (
            422,
            _("With these restrictions nobody could sign in."),
        ),
        "sign_in_experiences.sign_in_restriction_not_for_console": (
            422,
            _("The console's own tenant has no sign-in restrictions: who locked developers out could not undo it."),
        ),
    }
)


class Reason(StrEnum):
    """What of a sign-in is not allowed."""

    IP_ADDRESS = "ipAddress"
    COUNTRY = "country"
    EMAIL = "email"


class SignInRestrictedError(AppError):
    """`session.sign_in_restricted`; `data` has the reason. The audit log keeps that, and whose sign-in it was."""

    user_id: str | None = None

    def __init__(self, reason: Reason) -> None:
        super().__init__("session.sign_in_restricted", data={"reason": reason.value})
        self.reason = reason
