"""How a tenant's users sign in, and the sign-ins under way."""

from experience.models.interaction import Interaction
from experience.models.places import SignInPlace
from experience.models.settings import SignInExperience

__all__ = ["Interaction", "SignInExperience", "SignInPlace"]
