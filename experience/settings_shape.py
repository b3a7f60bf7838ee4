"""The sign-in experience, declared once: every member with its shape and bounds. What they may say together are rules.

See `experience.settings_rules` for those. The policies that `identity` decides with are declared there.
"""

from common.appearance import BRANDING, COLOR, CUSTOM_CSS
from common.shapes import Choice, EmailAddress, Flag, Integer, Items, Members, Text, Values, WebAddress
from experience.custom_ui.sources import CUSTOM_UI_CSP
from experience.mfa_settings import LONGEST_TRUST_DAYS
from experience.models import SignInExperience
from experience.password_expiration import PASSWORD_EXPIRATION
from experience.restrictions import SIGN_IN_RESTRICTION_POLICY
from identity.identifiers import EMAIL_BLOCKLIST_POLICY, USERNAME_POLICY
from identity.passwords import PASSWORD_POLICY
from identity.services.codes import CODE_POLICY
from identity.services.sentinel import SENTINEL_POLICY

IDENTIFIERS = ("username", "email", "phone")
MFA_FACTORS = ("Totp", "WebAuthn", "BackupCode", "EmailVerificationCode", "PhoneVerificationCode")
MFA_POLICIES = (
    "UserControlled",
    "Mandatory",
    "PromptOnlyAtSignIn",
    "PromptAtSignInAndSignUp",
    "NoPrompt",
    "PromptAtSignInAndSignUpMandatory",
    "PromptOnlyAtSignInMandatory",
)
CODE_METHODS = ("EmailVerificationCode", "PhoneVerificationCode")
# The last moment that JavaScript knows, in milliseconds.
_LAST_MOMENT = 8_640_000_000_000_000
_LINK = WebAddress(nullable=True, allows_empty=True)
_SWITCH = {"enabled": Flag()}

_SIGN_IN_METHOD = Members(
    {
        "identifier": Choice(choices=IDENTIFIERS, required=True),
        "password": Flag(required=True),
        "verificationCode": Flag(required=True),
        "isPasswordPrimary": Flag(required=True),
    }
)
_SECONDARY_IDENTIFIER = Members(
    {"identifier": Choice(choices=(*IDENTIFIERS, "emailOrPhone"), required=True), "verify": Flag()}
)
_CUSTOM_UI_ASSETS = Members(
    {"id": Text(max_length=21, required=True), "createdAt": Integer(minimum=0, maximum=_LAST_MOMENT, required=True)},
    nullable=True,
)

SIGN_IN_EXPERIENCE = Members(
    {
        "color": COLOR,
        "branding": BRANDING,
        "hideLogtoBranding": Flag(),
        "languageInfo": Members(
            {
                "autoDetect": Flag(required=True),
                "fallbackLanguage": Text(min_length=1, max_length=35, required=True),
            }
        ),
        "termsOfUseUrl": _LINK,
        "privacyPolicyUrl": _LINK,
        "agreeToTermsPolicy": Choice(choices=tuple(SignInExperience.AgreeToTerms.values)),
        "signIn": Members({"methods": Items(of=_SIGN_IN_METHOD, max_items=16, required=True)}),
        "signUp": Members(
            {
                "identifiers": Items(of=Choice(choices=IDENTIFIERS), max_items=16, required=True),
                "password": Flag(required=True),
                "verify": Flag(required=True),
                "secondaryIdentifiers": Items(of=_SECONDARY_IDENTIFIER, max_items=16),
            }
        ),
        "socialSignIn": Members({"automaticAccountLinking": Flag(), "skipRequiredIdentifiers": Flag()}),
        "socialSignInConnectorTargets": Items(of=Text(max_length=128)),
        "signInMode": Choice(choices=tuple(SignInExperience.Mode.values)),
        "customCss": CUSTOM_CSS,
        "customContent": Values(of=Text(max_length=20_000), max_items=50),
        "customUiAssets": _CUSTOM_UI_ASSETS,
        "customUiCsp": CUSTOM_UI_CSP,
        "passwordPolicy": PASSWORD_POLICY,
        "usernamePolicy": USERNAME_POLICY,
        "mfa": Members(
            {
                "factors": Items(of=Choice(choices=MFA_FACTORS), max_items=16, required=True),
                "policy": Choice(choices=MFA_POLICIES, required=True),
                "organizationRequiredMfaPolicy": Choice(choices=("NoPrompt", "Mandatory")),
            }
        ),
        "adaptiveMfa": Members(_SWITCH),
        "singleSignOnEnabled": Flag(),
        "supportEmail": EmailAddress(nullable=True, allows_empty=True),
        "supportWebsiteUrl": _LINK,
        "unknownSessionRedirectUrl": _LINK,
        "captchaPolicy": Members(_SWITCH),
        "sentinelPolicy": SENTINEL_POLICY,
        "emailBlocklistPolicy": EMAIL_BLOCKLIST_POLICY,
        "signInRestrictionPolicy": SIGN_IN_RESTRICTION_POLICY,
        "verificationCodePolicy": CODE_POLICY,
        "forgotPasswordMethods": Items(of=Choice(choices=CODE_METHODS), max_items=16, nullable=True),
        "passkeySignIn": Members({**_SWITCH, "showPasskeyButton": Flag(), "allowAutofill": Flag()}),
        "signUpProfileFields": Items(
            of=Members({"name": Text(min_length=1, max_length=128, required=True)}), nullable=True
        ),
        "passwordExpiration": PASSWORD_EXPIRATION,
        "trustedDevice": Members({**_SWITCH, "durationDays": Integer(minimum=1, maximum=LONGEST_TRUST_DAYS)}),
    }
)
