"""Users and what proves who they are."""

from identity.models.attempts import MessageSend, SentinelActivity
from identity.models.codes import VerificationCode
from identity.models.disposable_domains import DisposableDomainList
from identity.models.factors import Factor
from identity.models.identities import FederatedTokenSet, SocialIdentity, SsoIdentity
from identity.models.imports import UserImport, UserImportKey, UserImportProblem, UserSource
from identity.models.one_time_tokens import OneTimeToken
from identity.models.personal_access_tokens import PersonalAccessToken
from identity.models.trusted_devices import TrustedDevice
from identity.models.user import User, UserRole

__all__ = [
    "DisposableDomainList",
    "Factor",
    "FederatedTokenSet",
    "MessageSend",
    "OneTimeToken",
    "PersonalAccessToken",
    "SentinelActivity",
    "SocialIdentity",
    "SsoIdentity",
    "TrustedDevice",
    "User",
    "UserImport",
    "UserImportKey",
    "UserImportProblem",
    "UserRole",
    "UserSource",
    "VerificationCode",
]
