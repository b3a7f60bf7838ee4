"""What happened, in a sentence: from an event's key to `Carol created the role Reader`."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.audit.names import Names
from events.models import AuditLog

_Words = Mapping[str, str | Promise]

# By the whole key. `{actor}`, `{subject}`, `{user}` and `{application}` are names.
_SENTENCES: _Words = {
    "User.Data.Updated": gettext_lazy("{actor} changed the account of {subject}"),
    "Interaction.Create": gettext_lazy("A sign-in began at {application}"),
    "Interaction.End": gettext_lazy("{actor} was sent back to {application}"),
    "Interaction.Refused": gettext_lazy("A request of {application}"),
    "Interaction.PushRequest": gettext_lazy("{application} pushed an authorization request"),
    "LogStream.Paused": gettext_lazy("The log stream {subject} was paused: its destination took nothing for a day"),
    "LogStream.Resumed": gettext_lazy("{actor} resumed the log stream {subject}"),
    "AuditLog.Downloaded": gettext_lazy("{actor} downloaded the audit log"),
    "ErrorPage": gettext_lazy("Somebody saw an error page"),
    "ErrorPage.NotFound": gettext_lazy("Somebody opened a page that does not exist"),
    "Interaction.Consent.Submit": gettext_lazy("{actor} agreed to what {application} asks for"),
    "ExchangeTokenBy.AuthorizationCode": gettext_lazy("{application} got tokens for {actor} after a sign-in"),
    "ExchangeTokenBy.RefreshToken": gettext_lazy("{application} refreshed its tokens for {actor}"),
    "ExchangeTokenBy.ClientCredentials": gettext_lazy("{application} got a token for itself"),
    "ExchangeTokenBy.DeviceCode": gettext_lazy("{application} got tokens for {actor} on a device"),
    "ExchangeTokenBy.TokenExchange": gettext_lazy("{application} exchanged a token of {actor}"),
    "ExchangeTokenBy.Unknown": gettext_lazy("{application} asked for tokens in an unknown way"),
    "RevokeToken": gettext_lazy("{application} revoked a token"),
    "RevokeGrants": gettext_lazy("{actor} revoked what {application} was granted"),
    "RevokeSession": gettext_lazy("{actor} ended a sign-in session"),
    "BackchannelLogout": gettext_lazy("{application} was told that {subject} signed out"),
    "Grant.LimitExceeded": gettext_lazy("{actor} reached the limit of devices of {application}"),
    "Identifier.Lockout": gettext_lazy("An identifier was locked after too many wrong attempts"),
    "Webhook.Paused": gettext_lazy("The webhook {subject} was paused: its endpoint cannot be reached"),
    "Webhook.Resumed": gettext_lazy("{actor} resumed the webhook {subject}"),
    "Webhook.SigningKey.Updated": gettext_lazy("{actor} gave the webhook {subject} a new signing key"),
    "Webhook.Deliveries.Replayed": gettext_lazy("{actor} sent events again to the webhook {subject}"),
    "Identifier.Unlocked": gettext_lazy("{actor} unlocked identifiers"),
    "PasswordPolicy.BreachLookup.Unavailable": gettext_lazy(
        "New passwords were not looked up in data leaks: the service did not answer"
    ),
    "Message.RateLimited": gettext_lazy("A message was not sent: too many"),
    "SsoConnector.IdpInitiatedSignIn.Updated": gettext_lazy("{actor} changed where users go who begin at {subject}"),
    "SsoConnector.IdpInitiatedSignIn.Deleted": gettext_lazy("{actor} no longer lets users begin at {subject}"),
    "Message.Bounced": gettext_lazy("{subject} reported that messages do not reach an address"),
    "Message.Complained": gettext_lazy("{subject} reported a complaint"),
    "User.DeliveryProblem.Created": gettext_lazy("Messages to {subject} do not arrive, or led to a complaint"),
    "User.DeliveryProblem.Deleted": gettext_lazy("Messages to {subject} arrive again"),
    "SsoConnector.SigningKeys.Updated": gettext_lazy("{actor} changed the signing keys of {subject}"),
    "Connector.Tested": gettext_lazy("{actor} tested the connector {subject}"),
    "Secret.Updated": gettext_lazy("A provider’s tokens were stored for {user}"),
    "Secret.Deleted": gettext_lazy("{actor} deleted a provider’s tokens that were stored for {user}"),
    "ApplicationSecret.Revealed": gettext_lazy("{actor} looked at a secret of {subject}"),
    "ApplicationSecret.Created": gettext_lazy("{actor} added a secret to {subject}"),
    "ApplicationSecret.Updated": gettext_lazy("{actor} renamed a secret of {subject}"),
    "ApplicationSecret.Deleted": gettext_lazy("{actor} deleted a secret of {subject}"),
    "SamlApplication.Data.Updated": gettext_lazy("{actor} changed the service provider of {subject}"),
    "SamlApplicationSecret.Created": gettext_lazy("{actor} added a certificate to {subject}"),
    "SamlApplicationSecret.Updated": gettext_lazy("{actor} activated or deactivated a certificate of {subject}"),
    "SamlApplicationSecret.Deleted": gettext_lazy("{actor} deleted a certificate of {subject}"),
    "SamlApplication.AuthnRequest": gettext_lazy("A SAML sign-in began at {application}"),
    "SamlApplication.Logout": gettext_lazy("{application} ended a session by SAML"),
    "SamlApplication.Callback": gettext_lazy("A SAML sign-in was answered at {application}"),
    "ClientRegistration.Created": gettext_lazy("{subject} registered itself"),
    "ClientRegistration.Updated": gettext_lazy("{subject} changed its registration"),
    "ClientRegistration.Deleted": gettext_lazy("{subject} deleted its registration"),
    "ClientRegistration.Expired": gettext_lazy("{subject} was deleted because nobody used it"),
    "SubjectToken.Created": gettext_lazy("{actor} made a token to act as {subject}"),
    "Tenant.Configuration.Applied": gettext_lazy("{actor} applied a configuration file to {subject}"),
    "Domain.Status.Updated": gettext_lazy("The domain {subject} is in another state"),
    "Domain.VerificationFiles.Updated": gettext_lazy("{actor} changed the verification files of {subject}"),
    "Tenant.Developers.Updated": gettext_lazy("{actor} changed the members of the tenant"),
    "Setting.Updated": gettext_lazy("{actor} changed the tenant’s settings"),
    "CaptchaProvider.Created": gettext_lazy("{actor} set the captcha provider up"),
    "CaptchaProvider.Updated": gettext_lazy("{actor} changed the captcha provider"),
    "CaptchaProvider.Deleted": gettext_lazy("{actor} removed the captcha provider"),
    "Interaction.Create.Captcha": gettext_lazy("A captcha was verified for {application}"),
    "SignInExperience.Updated": gettext_lazy("{actor} changed the sign-in experience"),
    "CustomUiAsset.Created": gettext_lazy("{actor} uploaded sign-in pages"),
    "CustomUiAsset.Deleted": gettext_lazy("{actor} deleted uploaded sign-in pages"),
    "ApplicationAccessControl.Updated": gettext_lazy("{actor} changed who may use {subject}"),
    "ApplicationConsentScopes.Updated": gettext_lazy("{actor} changed what {subject} may ask users for"),
    "CimdConsentScopes.Updated": gettext_lazy("{actor} changed what unverified clients may ask users for"),
    "CimdConfig.Updated": gettext_lazy("{actor} switched unverified clients on or off"),
    "ClientRegistrationConfig.Updated": gettext_lazy("{actor} changed who may register clients"),
    "ConsentedOrganizations.Updated": gettext_lazy("{actor} changed the organizations that {subject} may see"),
    "Organization.Jit.Updated": gettext_lazy("{actor} changed the just-in-time rules of {subject}"),
    "Organization.Membership.Updated": gettext_lazy("{actor} changed the members of {subject}"),
    "Organization.MemberRoles.Updated": gettext_lazy("{actor} changed the roles of members of {subject}"),
    "Organization.ApplicationRoles.Updated": gettext_lazy("{actor} changed the roles of applications in {subject}"),
    "OrganizationInvitation.Created": gettext_lazy("{actor} invited somebody to {subject}"),
    "OrganizationInvitation.Message.Created": gettext_lazy("{actor} sent an invitation to {subject} again"),
    "OrganizationInvitation.Accepted": gettext_lazy("{user} accepted an invitation to {subject}"),
    "OrganizationInvitation.Revoked": gettext_lazy("{actor} revoked an invitation to {subject}"),
    "OrganizationInvitation.Expired": gettext_lazy("An invitation to {subject} expired"),
    "OrganizationInvitation.Deleted": gettext_lazy("{actor} deleted an invitation to {subject}"),
    "Application.SignInExperience.Updated": gettext_lazy("{actor} changed the branding of {subject}"),
    "Application.Roles.Updated": gettext_lazy("{actor} changed the roles of {subject}"),
    "User.Factors.Updated": gettext_lazy("{actor} changed the second factors or passkeys of {subject}"),
    "UserImport.Created": gettext_lazy("{actor} uploaded a file of users"),
    "UserImport.Updated": gettext_lazy("{actor} started, stopped or resumed an import of users"),
    "UserImport.Checked": gettext_lazy("A file of users of {actor} was checked"),
    "UserImport.Completed": gettext_lazy("Users of a file of {actor} were imported"),
    "UserImport.Failed": gettext_lazy("An import of users of {actor} stopped"),
    "UserImport.Deleted": gettext_lazy("{actor} deleted an import of users"),
    "Users.Exported": gettext_lazy("{actor} exported all users"),
    "User.PasskeyCounter.Regressed": gettext_lazy("A passkey of {subject} may have been copied: its counter went back"),
    "User.Roles.Updated": gettext_lazy("{actor} changed the roles of {subject}"),
    "Role.Users.Updated": gettext_lazy("{actor} changed who has the role {subject}"),
    "Role.Applications.Updated": gettext_lazy("{actor} changed which applications have the role {subject}"),
    "Role.Scopes.Updated": gettext_lazy("{actor} changed the permissions of the role {subject}"),
    "OrganizationRole.Scopes.Updated": gettext_lazy("{actor} changed the permissions of organization role {subject}"),
    "TrustedDevice.Created": gettext_lazy("{actor} trusted a device"),
    "TrustedDevice.Used": gettext_lazy("{actor} used a trusted device instead of a second factor"),
    "TrustedDevice.Deleted": gettext_lazy("{actor} took back the trust in a device"),
    "OneTimeToken.Create": gettext_lazy("{actor} made a magic link"),
    "OneTimeToken.Update": gettext_lazy("{actor} changed the status of a magic link"),
    "OneTimeToken.Delete": gettext_lazy("{actor} deleted a magic link"),
}
# By the end of an interaction's key, after the event.
_STEPS: _Words = {
    "Create": gettext_lazy("A journey began at {application}"),
    "Update": gettext_lazy("Somebody changed between signing in and signing up"),
    "Identifier.Submit": gettext_lazy("Somebody said who they are"),
    "Profile.Update": gettext_lazy("Somebody added to their profile"),
    "Verification.Password.Submit": gettext_lazy("A password was checked"),
    "Verification.EmailVerificationCode.Create": gettext_lazy("A code was sent by email"),
    "Verification.EmailVerificationCode.Submit": gettext_lazy("A code from an email was checked"),
    "Verification.PhoneVerificationCode.Create": gettext_lazy("A code was sent by text message"),
    "Verification.PhoneVerificationCode.Submit": gettext_lazy("A code from a text message was checked"),
    "Verification.OneTimeToken.Submit": gettext_lazy("A magic link was followed"),
    "Verification.MfaEmailVerificationCode.Create": gettext_lazy("A code was sent by email as second factor"),
    "Verification.MfaEmailVerificationCode.Submit": gettext_lazy("An emailed code was checked as second factor"),
    "Verification.MfaPhoneVerificationCode.Create": gettext_lazy("A code was sent by text message as second factor"),
    "Verification.MfaPhoneVerificationCode.Submit": gettext_lazy("A texted code was checked as second factor"),
    "Verification.Totp.Create": gettext_lazy("An authenticator app was offered for set-up"),
    "Verification.Totp.Submit": gettext_lazy("A code of an authenticator app was checked"),
    "Verification.WebAuthn.Create": gettext_lazy("A passkey was asked for"),
    "Verification.WebAuthn.Submit": gettext_lazy("A passkey was checked"),
    "Verification.SignInPasskey.Create": gettext_lazy("A passkey was asked for to sign in"),
    "Verification.SignInPasskey.Submit": gettext_lazy("A passkey was checked to sign in"),
    "Verification.BackupCode.Create": gettext_lazy("Backup codes were made"),
    "Verification.BackupCode.Submit": gettext_lazy("A backup code was checked"),
    "Verification.Social.Create": gettext_lazy("Somebody was sent to a social provider"),
    "Verification.Social.Submit": gettext_lazy("A social provider’s answer was checked"),
    "Verification.EnterpriseSso.Create": gettext_lazy("Somebody was sent to their identity provider"),
    "Verification.EnterpriseSso.Submit": gettext_lazy("An identity provider’s answer was checked"),
    "Verification.IdpInitiatedSso.Create": gettext_lazy("A sign-in began at an identity provider"),
}
_JOURNEYS: _Words = {
    "SignIn": gettext_lazy("{actor} signed in to {application}"),
    "Register": gettext_lazy("{actor} signed up at {application}"),
    "ForgotPassword": gettext_lazy("{actor} chose a new password"),
}
_KINDS: _Words = {
    "Application": gettext_lazy("application"),
    "Connector": gettext_lazy("connector"),
    "CustomProfileField": gettext_lazy("profile field"),
    "CustomPhrase": gettext_lazy("words in"),
    "Domain": gettext_lazy("domain"),
    "EmailTemplate": gettext_lazy("email template"),
    "SsoConnector": gettext_lazy("enterprise connector"),
    "File": gettext_lazy("file"),
    "InitialAccessToken": gettext_lazy("initial access token"),
    "JwtCustomizer": gettext_lazy("custom token claims"),
    "LogStream": gettext_lazy("log stream"),
    "Organization": gettext_lazy("organization"),
    "OrganizationRole": gettext_lazy("organization role"),
    "OrganizationScope": gettext_lazy("organization permission"),
    "PersonalAccessToken": gettext_lazy("personal access token"),
    "Resource": gettext_lazy("API resource"),
    "Role": gettext_lazy("role"),
    "Scope": gettext_lazy("permission"),
    "SigningKey": gettext_lazy("signing key"),
    "Tenant": gettext_lazy("tenant"),
    "User": gettext_lazy("user"),
    "Webhook": gettext_lazy("webhook"),
}
_ACTIONS: _Words = {
    "PostFirstFactorVerification": gettext_lazy("An Action was asked about a password that was not the account's"),
    "PostSignIn": gettext_lazy("An Action took part in a sign-in"),
}
_VERBS: _Words = {
    "Created": gettext_lazy("{actor} created the {kind} {subject}"),
    "Updated": gettext_lazy("{actor} changed the {kind} {subject}"),
    "Deleted": gettext_lazy("{actor} deleted the {kind} {subject}"),
}


def sentence(entry: AuditLog, names: Names) -> SafeString:
    """Return what happened as a sentence with links; an event without words is called by its key."""
    words, kind = _words_of(entry)
    if not words:
        return format_html("{}", entry.key)
    application = names.application(entry) or _("an application")
    parts: dict[str, Any] = {
        "actor": names.actor(entry),
        "subject": names.subject(entry),
        "user": names.show("User", entry.user_id) if entry.user_id else _("Somebody"),
        "application": application,
        "kind": kind,
    }
    said = format_html(words, **parts)
    # What is refused has not happened.
    return format_html(_("Refused: {sentence}"), sentence=said) if entry.payload.get("error") else said


def plain_sentence(entry: AuditLog, names: Names) -> str:
    """Return the sentence without links."""
    return strip_tags(sentence(entry, names))


def _words_of(entry: AuditLog) -> tuple[str, str]:
    """Return the sentence with its places, and the kind of object in words."""
    key = entry.key
    if key == "User.SuspensionStatus.Updated":
        after = entry.payload.get("after")
        is_suspended = isinstance(after, dict) and after.get("isSuspended")
        return (_("{actor} suspended {subject}") if is_suspended else _("{actor} let {subject} in again")), ""
    if key in _SENTENCES:
        return str(_SENTENCES[key]), ""
    head, _dot, rest = key.partition(".")
    if head == "Interaction":
        journey, _dot, step = rest.partition(".")
        # A failed submission has signed nobody in.
        if step == "Submit" and entry.payload.get("result") != "Error":
            return str(_JOURNEYS.get(journey, "")), ""
        return str(_STEPS.get(step) or (_("A journey could not be finished") if step == "Submit" else "")), ""
    if head == "JwtCustomizer":
        return _("The script for token claims failed"), ""
    if head == "Action":
        return str(_ACTIONS.get(rest, "")), ""
    verb = rest.rpartition(".")[2]
    if head in _KINDS and verb in _VERBS:
        return str(_VERBS[verb]), str(_KINDS[head])
    return "", ""
