"""How a tenant's users sign in, and the sign-ins under way."""

from experience.models.idp_initiated import IdpInitiatedSignIn, ReceivedAssertion
from experience.models.interaction import Interaction
from experience.models.places import SignInPlace
from experience.models.settings import SignInExperience

__all__ = ["IdpInitiatedSignIn", "Interaction", "ReceivedAssertion", "SignInExperience", "SignInPlace"]
