"""Whose account a proof enters, and what is staged because of it."""

from typing import Any

from common.errors import AppError
from connectors.enterprise.selectors import find_sso_connection
from connectors.selectors import find_social_connection
from experience.methods import ENTERPRISE_SSO, METHODS, SOCIAL
from experience.provider_accounts import ProviderAccount
from experience.records import RecordType, VerificationRecord
from experience.staged_profile import (
    with_social_identity,
    with_social_tokens,
    with_sso_identity,
    with_synced_profile,
    with_synced_sso_identity,
)
from identity.models import User

Found = tuple[User, dict[str, Any]]


def find_provider_user(record: VerificationRecord, *, links_related_user: bool) -> Found:
    """Return the account that a finished proof enters, and what it adds to the staged profile.

    Raises `user.user_not_exist` with the identifier; for a social account `user.identity_not_exist`, with the account
    that it could be linked to, and `user.social_account_exists_in_profile` if that has another one of the provider; for
    an enterprise's `user.sso_identity_not_exist`.
    """
    if record.type == RecordType.SOCIAL:
        return _find_social_user(record, links_related_user=links_related_user)
    if record.type == RecordType.ENTERPRISE_SSO:
        return _find_sso_user(record)
    user = METHODS[record.type].find_user(record)
    if user is None:
        named = {"identifier": record.claim.as_wire()} if record.claim else None
        raise AppError("user.user_not_exist", data=named)
    return user, {}


def _find_social_user(record: VerificationRecord, *, links_related_user: bool) -> Found:
    account = ProviderAccount.of(record)
    user = SOCIAL.find_user(record)
    staged = with_social_tokens({}, account)
    if user is None:
        related = SOCIAL.find_related(record)
        if related is None or not links_related_user:
            raise AppError("user.identity_not_exist", data={"relatedUser": related[0].as_wire()} if related else None)
        user = related[1]
        if account.target in user.identities:
            raise AppError("user.social_account_exists_in_profile")
        staged = with_social_identity({}, account)
    connection = find_social_connection(account.connector_id)
    return user, with_synced_profile(staged, account) if connection and connection.syncs_profile else staged


def _find_sso_user(record: VerificationRecord) -> Found:
    account = ProviderAccount.of(record)
    user = ENTERPRISE_SSO.find_user(record)
    staged = with_synced_sso_identity({}, account)
    if user is None:
        user = ENTERPRISE_SSO.find_owner(record)
        staged = with_sso_identity({}, account)
    if user is None:
        raise AppError("user.sso_identity_not_exist")
    connection = find_sso_connection(account.connector_id)
    return user, with_synced_profile(staged, account) if connection and connection.syncs_profile else staged
