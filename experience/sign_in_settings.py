"""The sign-in settings in force: one immutable view with every default filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experience.mfa_settings import MfaSettings, PasskeySignIn, TrustedDevicePolicy
from experience.models import SignInExperience
from experience.password_expiration import PasswordExpiration
from experience.records import CODE_RECORDS, RecordType
from experience.restrictions import SignInRestrictions
from identity.identifiers import EmailBlocklistPolicy, UsernamePolicy
from identity.passwords import PasswordPolicy
from identity.services.codes import CodePolicy
from identity.services.sentinel import SentinelPolicy

ROW_ID = "default"

# Wire name -> field, in the order in which they are shown.
FIELDS: Mapping[str, str] = {
    "color": "color",
    "branding": "branding",
    "hideLogtoBranding": "hide_logto_branding",
    "languageInfo": "language_info",
    "termsOfUseUrl": "terms_of_use_url",
    "privacyPolicyUrl": "privacy_policy_url",
    "agreeToTermsPolicy": "agree_to_terms_policy",
    "signIn": "sign_in",
    "signUp": "sign_up",
    "socialSignIn": "social_sign_in",
    "socialSignInConnectorTargets": "social_sign_in_connector_targets",
    "signInMode": "sign_in_mode",
    "customCss": "custom_css",
    "customContent": "custom_content",
    "customUiAssets": "custom_ui_assets",
    "customUiCsp": "custom_ui_csp",
    "passwordPolicy": "password_policy",
    "usernamePolicy": "username_policy",
    "mfa": "mfa",
    "adaptiveMfa": "adaptive_mfa",
    "singleSignOnEnabled": "single_sign_on_enabled",
    "supportEmail": "support_email",
    "supportWebsiteUrl": "support_website_url",
    "unknownSessionRedirectUrl": "unknown_session_redirect_url",
    "captchaPolicy": "captcha_policy",
    "sentinelPolicy": "sentinel_policy",
    "emailBlocklistPolicy": "email_blocklist_policy",
    "signInRestrictionPolicy": "sign_in_restriction_policy",
    "verificationCodePolicy": "verification_code_policy",
    "forgotPasswordMethods": "forgot_password_methods",
    "passkeySignIn": "passkey_sign_in",
    "signUpProfileFields": "sign_up_profile_fields",
    "passwordExpiration": "password_expiration",
    "trustedDevice": "trusted_device",
}


@dataclass(frozen=True, slots=True)
class SignInMethod:
    """How one kind of identifier signs in."""

    identifier: str
    password: bool
    verification_code: bool
    is_password_primary: bool

    def allows(self, record_type: RecordType) -> bool:
        """Whether a proof of this type signs in with this method."""
        return self.password if record_type == RecordType.PASSWORD else self.verification_code


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a new account must have. Identifiers may include `emailOrPhone` among the secondary ones."""

    identifiers: tuple[str, ...]
    password: bool
    verify: bool
    secondary: tuple[str, ...]

    @classmethod
    def from_settings(cls, stored: Mapping[str, Any]) -> "SignUp":
        """Read the stored `signUp`."""
        secondary = tuple(item["identifier"] for item in stored.get("secondaryIdentifiers") or ())
        return cls(tuple(stored["identifiers"]), stored["password"], stored["verify"], secondary)

    def collects(self, kind: str) -> bool:
        """Whether signing up asks for this kind of identifier."""
        asked = {*self.identifiers, *self.secondary}
        return kind in asked or ("emailOrPhone" in asked and kind in ("email", "phone"))


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """The tenant's settings, ready to decide with; `wire` is the Management API's whole object, not to be changed."""

    mode: str
    sign_in_methods: tuple[SignInMethod, ...]
    sign_up: SignUp
    password_policy: PasswordPolicy
    password_expiration: PasswordExpiration
    username_policy: UsernamePolicy
    email_blocklist: EmailBlocklistPolicy
    restrictions: SignInRestrictions
    sentinel: SentinelPolicy
    codes: CodePolicy
    forgot_password_methods: tuple[str, ...] | None
    mfa: MfaSettings
    adaptive_mfa: bool
    passkey_sign_in: PasskeySignIn
    trusted_device: TrustedDevicePolicy
    is_sso_enabled: bool
    requires_captcha: bool
    skips_identifiers_for_social: bool
    wire: Mapping[str, Any]

    @classmethod
    def from_row(cls, row: SignInExperience) -> "SignInSettings":
        """Read the tenant's row."""
        wire = {
            "tenantId": row.tenant_id,
            "id": ROW_ID,
            **{name: getattr(row, field) for name, field in FIELDS.items()},
        }
        methods = tuple(
            SignInMethod(
                method["identifier"], method["password"], method["verificationCode"], method["isPasswordPrimary"]
            )
            for method in row.sign_in["methods"]
        )
        forgotten = row.forgot_password_methods
        return cls(
            mode=row.sign_in_mode,
            sign_in_methods=methods,
            sign_up=SignUp.from_settings(row.sign_up),
            password_policy=PasswordPolicy.from_settings(row.password_policy),
            password_expiration=PasswordExpiration.from_settings(row.password_expiration),
            username_policy=UsernamePolicy.from_settings(row.username_policy),
            email_blocklist=EmailBlocklistPolicy.from_settings(row.email_blocklist_policy),
            restrictions=SignInRestrictions.from_settings(row.sign_in_restriction_policy),
            sentinel=SentinelPolicy.from_settings(row.sentinel_policy),
            codes=CodePolicy.from_settings(row.verification_code_policy),
            forgot_password_methods=None if forgotten is None else tuple(forgotten),
            mfa=MfaSettings.from_settings(row.mfa),
            adaptive_mfa=bool(row.adaptive_mfa.get("enabled")),
            passkey_sign_in=PasskeySignIn.from_settings(row.passkey_sign_in),
            trusted_device=TrustedDevicePolicy.from_settings(row.trusted_device),
            is_sso_enabled=row.single_sign_on_enabled,
            requires_captcha=bool(row.captcha_policy.get("enabled")),
            skips_identifiers_for_social=bool(row.social_sign_in.get("skipRequiredIdentifiers")),
            wire=wire,
        )

    @property
    def allows_sign_in(self) -> bool:
        return self.mode != SignInExperience.Mode.REGISTER

    @property
    def allows_register(self) -> bool:
        return self.mode != SignInExperience.Mode.SIGN_IN

    def find_method(self, kind: str) -> SignInMethod | None:
        """Return how a kind of identifier signs in, `None` if it does not."""
        return next((method for method in self.sign_in_methods if method.identifier == kind), None)

    def resets_password_with(self, record_type: RecordType) -> bool:
        """Whether a forgotten password may be replaced after this proof; `None` is the older "any code"."""
        if record_type not in CODE_RECORDS.values():
            return False
        return self.forgot_password_methods is None or record_type in self.forgot_password_methods
