"""How a tenant's users sign in, and the sign-ins under way."""

from experience.models.captcha import CaptchaProvider, SpentCaptcha
from experience.models.custom_ui import CustomUiAsset
from experience.models.idp_initiated import IdpInitiatedSignIn, ReceivedAssertion
from experience.models.interaction import Interaction
from experience.models.phrases import CustomPhrase
from experience.models.places import SignInPlace
from experience.models.profile_fields import CustomProfileField
from experience.models.settings import SignInExperience

__all__ = [
    "CaptchaProvider",
    "CustomPhrase",
    "CustomProfileField",
    "CustomUiAsset",
    "IdpInitiatedSignIn",
    "Interaction",
    "ReceivedAssertion",
    "SignInExperience",
    "SignInPlace",
    "SpentCaptcha",
]
