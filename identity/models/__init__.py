"""Users and what proves who they are."""

from identity.models.attempts import MessageSend, SentinelActivity
from identity.models.codes import VerificationCode
from identity.models.user import User, UserRole

__all__ = ["MessageSend", "SentinelActivity", "User", "UserRole", "VerificationCode"]
