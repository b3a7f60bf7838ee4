"""Signing in at an enterprise's own identity provider."""

from typing import Any

from connectors.enterprise.selectors import find_sso_connection
from experience.accounts import assert_identifier_free, find_account
from experience.enterprise_domains import vouches_for
from experience.provider_accounts import ProviderAccount
from experience.records import Identifier, VerificationRecord
from experience.staged_profile import PROFILE_NAMES, with_sso_identity
from identity.models import User
from identity.selectors import find_sso_identity, find_user


class EnterpriseSsoMethod:
    """Whoever signs in there has the account that is linked to theirs, or that has their address in the enterprise."""

    def find_user(self, record: VerificationRecord) -> User | None:
        """Return the account that is linked; `None` if none is yet."""
        account = ProviderAccount.of(record)
        identity = find_sso_identity(account.connector_id, account.issuer, account.user.id)
        return find_user(identity.user_id) if identity else None

    def find_owner(self, record: VerificationRecord) -> User | None:
        """Return the account that has the address which the enterprise vouches for."""
        emails = self.emails_of(record)
        return find_account(emails[0]) if emails else None

    def emails_of(self, record: VerificationRecord) -> list[Identifier]:
        """Return the address, if it is of one of the enterprise's domains: its word counts for no other."""
        account = ProviderAccount.of(record)
        connection = find_sso_connection(account.connector_id)
        if connection is None or account.email is None or not vouches_for(connection, account.email):
            return []
        return [Identifier("email", account.email)]

    def profile_of(self, record: VerificationRecord) -> dict[str, Any]:
        """Return the linked account with what it says of a person."""
        account = ProviderAccount.of(record)
        profile = {"name": account.user.name, "avatar": account.user.avatar}
        for email in self.emails_of(record):
            assert_identifier_free(email)
            profile[PROFILE_NAMES["email"]] = email.value
        return with_sso_identity({name: value for name, value in profile.items() if value}, account)
