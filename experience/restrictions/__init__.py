"""Who may sign in, by email address, network and country: a plain policy for tenants that write no scripts. Pure."""

from experience.restrictions.errors import SignInRestrictedError
from experience.restrictions.policy import SignInRestrictions
from experience.restrictions.rules import check_restrictions
from experience.restrictions.shape import SIGN_IN_RESTRICTION_POLICY, clean_restrictions

__all__ = [
    "SIGN_IN_RESTRICTION_POLICY",
    "SignInRestrictedError",
    "SignInRestrictions",
    "check_restrictions",
    "clean_restrictions",
]
