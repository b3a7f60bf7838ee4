"""The sign-in experience on the wire: the form of each member. What they may say is decided by the settings' rules."""

from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers

from common.rest.fields import Choice, Flag, Integer, Text, Texts
from experience.models import SignInExperience

_IDENTIFIERS = ("username", "email", "phone")
_MFA_FACTORS = ("Totp", "WebAuthn", "BackupCode", "EmailVerificationCode", "PhoneVerificationCode")
_MFA_POLICIES = (
    "UserControlled",
    "Mandatory",
    "PromptOnlyAtSignIn",
    "PromptAtSignInAndSignUp",
    "NoPrompt",
    "PromptAtSignInAndSignUpMandatory",
    "PromptOnlyAtSignInMandatory",
)
_MAX_LOCKOUT_MINUTES = 525_600
_OPTIONAL: dict[str, Any] = {"required": False}


class Colour(serializers.RegexField):
    """Three or six hex digits behind a `#`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^#[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3})?\Z", trim_whitespace=False, **options)


class WebAddress(serializers.CharField):
    """An absolute http(s) address: it becomes a link or an image on the sign-in page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2048, validators=[URLValidator(schemes=["http", "https"])], **options)


class ColorBody(serializers.Serializer[Any]):
    primaryColor = Colour()
    isDarkModeEnabled = Flag()
    darkPrimaryColor = Colour()


class BrandingBody(serializers.Serializer[Any]):
    logoUrl = WebAddress(**_OPTIONAL)
    darkLogoUrl = WebAddress(**_OPTIONAL)
    favicon = WebAddress(**_OPTIONAL)
    darkFavicon = WebAddress(**_OPTIONAL)


class LanguageBody(serializers.Serializer[Any]):
    autoDetect = Flag()
    fallbackLanguage = Text(min_length=1, max_length=35)


class SignInMethodBody(serializers.Serializer[Any]):
    identifier = Choice(choices=_IDENTIFIERS)
    password = Flag()
    verificationCode = Flag()
    isPasswordPrimary = Flag()


class SignInBody(serializers.Serializer[Any]):
    methods = SignInMethodBody(many=True)


class SecondaryIdentifierBody(serializers.Serializer[Any]):
    identifier = Choice(choices=(*_IDENTIFIERS, "emailOrPhone"))
    verify = Flag(**_OPTIONAL)


class SignUpBody(serializers.Serializer[Any]):
    identifiers = serializers.ListField(child=Choice(choices=_IDENTIFIERS))
    password = Flag()
    verify = Flag()
    secondaryIdentifiers = SecondaryIdentifierBody(many=True, **_OPTIONAL)


class SocialSignInBody(serializers.Serializer[Any]):
    automaticAccountLinking = Flag(**_OPTIONAL)
    skipRequiredIdentifiers = Flag(**_OPTIONAL)


class PasswordLengthBody(serializers.Serializer[Any]):
    min = Integer(min_value=1, **_OPTIONAL)
    max = Integer(min_value=1, **_OPTIONAL)


class CharacterTypesBody(serializers.Serializer[Any]):
    min = Integer(min_value=1, max_value=4, **_OPTIONAL)


class PasswordRejectsBody(serializers.Serializer[Any]):
    pwned = Flag(**_OPTIONAL)
    repetitionAndSequence = Flag(**_OPTIONAL)
    userInfo = Flag(**_OPTIONAL)
    words = Texts(max_length=1000, item={"max_length": 256}, **_OPTIONAL)


class PasswordPolicyBody(serializers.Serializer[Any]):
    length = PasswordLengthBody(**_OPTIONAL)
    characterTypes = CharacterTypesBody(**_OPTIONAL)
    rejects = PasswordRejectsBody(**_OPTIONAL)


class AllowedCharactersBody(serializers.Serializer[Any]):
    lowercase = Flag()
    uppercase = Flag()
    numbers = Flag()
    underscore = Flag()


class UsernamePolicyBody(serializers.Serializer[Any]):
    caseSensitive = Flag()
    minLength = Integer(min_value=1, max_value=128)
    maxLength = Integer(min_value=1, max_value=128)
    allowedChars = AllowedCharactersBody()


class MfaBody(serializers.Serializer[Any]):
    factors = serializers.ListField(child=Choice(choices=_MFA_FACTORS))
    policy = Choice(choices=_MFA_POLICIES)
    organizationRequiredMfaPolicy = Choice(choices=("NoPrompt", "Mandatory"), **_OPTIONAL)


class EnabledBody(serializers.Serializer[Any]):
    enabled = Flag(**_OPTIONAL)


class SentinelBody(serializers.Serializer[Any]):
    maxAttempts = Integer(min_value=1, **_OPTIONAL)
    lockoutDuration = Integer(min_value=1, max_value=_MAX_LOCKOUT_MINUTES, **_OPTIONAL)


class EmailBlocklistBody(serializers.Serializer[Any]):
    blockDisposableAddresses = Flag(**_OPTIONAL)
    blockSubaddressing = Flag(**_OPTIONAL)
    customAllowlist = Texts(item={"max_length": 256}, **_OPTIONAL)
    customBlocklist = Texts(item={"max_length": 256}, **_OPTIONAL)


class VerificationCodePolicyBody(serializers.Serializer[Any]):
    expirationDuration = Integer(min_value=60, max_value=3600, **_OPTIONAL)
    maxRetryAttempts = Integer(min_value=1, max_value=100, **_OPTIONAL)


class PasskeySignInBody(EnabledBody):
    showPasskeyButton = Flag(**_OPTIONAL)
    allowAutofill = Flag(**_OPTIONAL)


class ProfileFieldBody(serializers.Serializer[Any]):
    name = Text(min_length=1)


class PasswordExpirationBody(EnabledBody):
    # Its bound is a rule of the settings, with a code of its own.
    validPeriodDays = Integer(max_value=36_500, **_OPTIONAL)
    enabledAt = serializers.IntegerField(min_value=0, **_OPTIONAL)


class CustomUiAssetsBody(serializers.Serializer[Any]):
    id = Text()
    createdAt = serializers.FloatField()


class CustomUiCspBody(serializers.Serializer[Any]):
    scriptSrc = Texts(**_OPTIONAL)
    connectSrc = Texts(**_OPTIONAL)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["This key is not known."] for name in unknown})
        return super().to_internal_value(data)


class SignInExperienceBody(serializers.Serializer[Any]):
    """Any part of the sign-in experience."""

    color = ColorBody(**_OPTIONAL)
    branding = BrandingBody(**_OPTIONAL)
    hideLogtoBranding = Flag(**_OPTIONAL)
    languageInfo = LanguageBody(**_OPTIONAL)
    termsOfUseUrl = WebAddress(allow_blank=True, allow_null=True, **_OPTIONAL)
    privacyPolicyUrl = WebAddress(allow_blank=True, allow_null=True, **_OPTIONAL)
    agreeToTermsPolicy = Choice(choices=SignInExperience.AgreeToTerms.choices, **_OPTIONAL)
    signIn = SignInBody(**_OPTIONAL)
    signUp = SignUpBody(**_OPTIONAL)
    socialSignIn = SocialSignInBody(**_OPTIONAL)
    socialSignInConnectorTargets = Texts(**_OPTIONAL)
    signInMode = Choice(choices=SignInExperience.Mode.choices, **_OPTIONAL)
    customCss = Text(allow_null=True, max_length=100_000, **_OPTIONAL)
    customContent = serializers.DictField(child=Text(), **_OPTIONAL)
    customUiAssets = CustomUiAssetsBody(allow_null=True, **_OPTIONAL)
    customUiCsp = CustomUiCspBody(**_OPTIONAL)
    passwordPolicy = PasswordPolicyBody(**_OPTIONAL)
    usernamePolicy = UsernamePolicyBody(**_OPTIONAL)
    mfa = MfaBody(**_OPTIONAL)
    adaptiveMfa = EnabledBody(**_OPTIONAL)
    singleSignOnEnabled = Flag(**_OPTIONAL)
    supportEmail = serializers.EmailField(allow_blank=True, allow_null=True, max_length=320, **_OPTIONAL)
    supportWebsiteUrl = WebAddress(allow_blank=True, allow_null=True, **_OPTIONAL)
    unknownSessionRedirectUrl = WebAddress(allow_blank=True, allow_null=True, **_OPTIONAL)
    captchaPolicy = EnabledBody(**_OPTIONAL)
    sentinelPolicy = SentinelBody(**_OPTIONAL)
    emailBlocklistPolicy = EmailBlocklistBody(**_OPTIONAL)
    verificationCodePolicy = VerificationCodePolicyBody(**_OPTIONAL)
    forgotPasswordMethods = serializers.ListField(
        child=Choice(choices=("EmailVerificationCode", "PhoneVerificationCode")), allow_null=True, **_OPTIONAL
    )
    passkeySignIn = PasskeySignInBody(**_OPTIONAL)
    signUpProfileFields = ProfileFieldBody(many=True, allow_null=True, **_OPTIONAL)
    passwordExpiration = PasswordExpirationBody(**_OPTIONAL)


class PasswordCheckBody(serializers.Serializer[Any]):
    password = Text()
    userId = Text(**_OPTIONAL)


class ConflictQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
