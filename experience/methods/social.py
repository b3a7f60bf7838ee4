"""Signing in with an account of a social provider."""

from typing import Any

from experience.accounts import find_account
from experience.provider_accounts import ProviderAccount
from experience.records import Identifier, VerificationRecord
from experience.staged_profile import PROFILE_NAMES, with_social_identity
from identity.models import User
from identity.selectors import find_user_by_social_identity


class SocialMethod:
    """Whoever signs in at the provider has the account that is linked to theirs there."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account that the provider's is linked to."""
        account = ProviderAccount.of(record)
        return find_user_by_social_identity(account.target, account.user.id)

    def find_related(self, record: VerificationRecord) -> tuple[Identifier, User] | None:
        """Return the account that has the number, or else the address, that the provider vouches for, and by which."""
        account = ProviderAccount.of(record).user
        for kind, value in (("phone", account.phone), ("email", account.email)):
            identifier = Identifier(kind, value) if value else None  # type: ignore[arg-type]  # one of the kinds
            if identifier and (user := find_account(identifier)):
                return identifier, user
        return None

    def emails_of(self, record: VerificationRecord) -> list[Identifier]:
        """Return the address that the provider vouches for."""
        email = ProviderAccount.of(record).email
        return [Identifier("email", email)] if email else []

    def profile_of(self, record: VerificationRecord) -> dict[str, Any]:
        """Return the linked account with what it says of a person; an address or number that is in use is left out."""
        account = ProviderAccount.of(record)
        said = account.user
        profile = {"name": said.name, "avatar": said.avatar}
        for kind, value in (("email", said.email), ("phone", said.phone)):
            if value and find_account(Identifier(kind, value)) is None:  # type: ignore[arg-type]  # one of the kinds
                profile[PROFILE_NAMES[kind]] = value
        return with_social_identity({name: value for name, value in profile.items() if value}, account)
