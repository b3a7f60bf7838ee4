"""The codes of this room."""

from django.utils.translation import gettext_lazy as _

from common.errors import declare

declare(
    {
        "action.general": (422, _("The Action failed.")),
        "action.sign_in_identifier_changed": (
            422,
            _("An Action must not change the identifier of the sign-in."),
        ),
        "session.interaction_not_found": (404, _("The sign-in has not been started, or it is over. Start again.")),
        "session.connector_validation_session_not_found": (
            400,
            _("The sign-in at the provider was not found. Start it again."),
        ),
        "session.sso_enabled": (422, _("Your organization uses single sign-on. Continue with it.")),
        "session.csrf_token_mismatch": (400, _("The sign-in could not be matched to this browser. Start again.")),
        "session.google_one_tap.cookie_mismatch": (
            400,
            _("The sign-in with Google could not be matched to this browser."),
        ),
        "session.verification_session_not_found": (404, _("The verification was not found. Start it again.")),
        "session.verification_failed": (400, _("The verification has not been completed.")),
        "session.identifier_not_found": (404, _("The user has not been identified yet. Go back and sign in again.")),
        "session.identity_conflict": (409, _("Another user has been identified in this sign-in already.")),
        "session.invalid_interaction_type": (400, _("This step does not belong to the current flow.")),
        "session.not_supported_for_forgot_password": (400, _("This is not supported when resetting a password.")),
        "session.mfa.require_mfa_verification": (403, _("Verify with your second factor to continue.")),
        "session.mfa.pending_info_not_found": (400, _("Nothing was started that this could finish. Start again.")),
        "session.mfa.webauthn_verification_not_found": (400, _("There is no passkey to use here.")),
        "session.mfa.backup_code_required": (422, _("Save your backup codes to continue.")),
        "session.mfa.mfa_policy_not_user_controlled": (422, _("Two-step sign-in cannot be skipped here.")),
        "session.mfa.mfa_factor_not_enabled": (400, _("This factor is not available.")),
        "session.mfa.suggest_additional_mfa": (422, _("Consider adding another factor.")),
        "session.passkey_sign_in.pending_info_not_found": (400, _("The passkey request was not found. Start again.")),
        "session.passkey_sign_in.conflict_rp_id": (400, _("This passkey belongs to another site.")),
        "session.passkey_sign_in.sso_users_not_allowed": (
            400,
            _("Your organization uses single sign-on. Continue with it."),
        ),
        "session.captcha_required": (422, _("Confirm that you are not a robot.")),
        "session.captcha_failed": (422, _("We could not confirm that you are not a robot. Try again.")),
        "custom_profile_fields.entity_not_exists_with_names": (400, _("There are no such profile fields: %(names)s.")),
        "custom_profile_fields.invalid_min_max_input": (400, _("The minimum is above the maximum.")),
        "custom_profile_fields.invalid_default_value": (400, _("Say whether the box is ticked at first.")),
        "custom_profile_fields.invalid_options": (400, _("Options must be different, and there has to be one.")),
        "custom_profile_fields.invalid_regex_format": (
            400,
            _("This is not a regular expression, or one with lookaround or backreferences, which are not supported."),
        ),
        "custom_profile_fields.invalid_address_components": (400, _("An address needs parts, each of them once.")),
        "custom_profile_fields.invalid_fullname_components": (400, _("A full name needs parts, each of them once.")),
        "custom_profile_fields.invalid_sub_component_type": (400, _("A part cannot have parts of its own.")),
        "custom_profile_fields.name_exists": (422, _("There is a profile field with this name already.")),
        "custom_profile_fields.conflicted_sie_order": (400, _("Two profile fields cannot have the same place.")),
        "custom_profile_fields.invalid_name": (
            400,
            _("A name has letters and digits; “fullname” and “address” are names of fields of that type."),
        ),
        "custom_profile_fields.name_conflict_sign_in_identifier": (
            400,
            _("“%(name)s” is an identifier and no profile field."),
        ),
        "custom_profile_fields.name_conflict_built_in_prop": (400, _("“%(name)s” is reserved and no profile field.")),
        "custom_profile_fields.name_conflict_custom_data": (400, _("“%(name)s” is reserved and no profile field.")),
        "custom_profile_fields.invalid_value": (422, _("Some of what was filled in does not fit its field.")),
        "custom_profile_fields.exists_in_profile": (422, _("The profile has “%(name)s” already.")),
        "localization.cannot_delete_default_language": (409, _("The default language cannot be deleted.")),
        "localization.invalid_translation_structure": (422, _("Some keys are not those of phrases.")),
        "guard.not_allowed_for_admin_tenant": (400, _("The tenant of the developers cannot have this.")),
        "sign_in_experiences.password_expiration_not_enabled": (400, _("Passwords of this tenant do not expire.")),
        "sign_in_experiences.unsupported_default_language": (400, _("The language %(language)s is not supported.")),
        "sign_in_experiences.at_least_one_authentication_factor": (
            400,
            _("Every way to sign in needs a password or a verification code."),
        ),
        "sign_in_experiences.enabled_connector_not_found": (
            400,
            _("A connector of type %(type)s must be set up first."),
        ),
        "sign_in_experiences.code_sign_in_must_be_enabled": (
            400,
            _("Sign-in by verification code must be enabled while signing up asks for no password."),
        ),
        "sign_in_experiences.miss_sign_up_identifier_in_sign_in": (
            400,
            _("Who signs up with this identifier could not sign in again: %(identifier)s. Add it to sign-in."),
        ),
        "sign_in_experiences.password_sign_in_must_be_enabled": (
            400,
            _("Who signs up could not sign in again: sign-in asks for something that sign-up does not set."),
        ),
        "sign_in_experiences.missing_sign_up_identifiers": (400, _("A secondary identifier needs a primary one.")),
        "sign_in_experiences.duplicated_sign_up_identifiers": (400, _("A sign-up identifier is named twice.")),
        "sign_in_experiences.passwordless_requires_verify": (
            400,
            _("Email addresses and phone numbers must be verified when signing up."),
        ),
        "sign_in_experiences.forgot_password_method_requires_connector": (
            400,
            _("This way to reset a password needs a connector."),
        ),
        "sign_in_experiences.password_expiration_invalid_period_days": (
            422,
            _("Passwords must be valid for at least one day."),
        ),
        "sign_in_experiences.password_expiration_requires_forgot_password": (
            422,
            _("Passwords can only expire while users can reset them."),
        ),
        "sign_in_experiences.duplicated_mfa_factors": (400, _("A second factor is named twice.")),
        "sign_in_experiences.backup_code_cannot_be_enabled_alone": (
            400,
            _("Backup codes need another second factor that they can stand in for."),
        ),
        "sign_in_experiences.email_verification_code_cannot_be_used_for_mfa": (
            400,
            _("Codes by email sign users in already, so they cannot be the second factor, too."),
        ),
        "sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa": (
            400,
            _("Codes by SMS sign users in already, so they cannot be the second factor, too."),
        ),
        "sign_in_experiences.email_verification_code_cannot_be_used_for_sign_in": (
            400,
            _("Codes by email are a second factor, so they cannot sign users in, too."),
        ),
        "sign_in_experiences.phone_verification_code_cannot_be_used_for_sign_in": (
            400,
            _("Codes by SMS are a second factor, so they cannot sign users in, too."),
        ),
        "sign_in_experiences.adaptive_mfa_requires_mfa": (
            422,
            _("Adaptive two-step verification needs at least one second factor."),
        ),
        "sign_in_experiences.adaptive_mfa_requires_non_skippable_policy": (
            422,
            _("Adaptive two-step verification needs a policy that users cannot skip."),
        ),
        "sign_in_experiences.non_adaptive_mfa_requires_skippable_policy": (
            422,
            _("This policy needs adaptive two-step verification."),
        ),
        "sign_in_experiences.username_policy_case_conflicts_exist": (
            409,
            _("Some usernames differ in upper and lower case only."),
        ),
        "single_sign_on.idp_initiated_authentication_not_supported": (
            400,
            _("Only users of SAML connectors can begin at their identity provider."),
        ),
        "single_sign_on.idp_initiated_authentication_invalid_application_type": (
            400,
            _("An application of this type cannot take sign-ins that begin at an identity provider."),
        ),
        "single_sign_on.idp_initiated_authentication_redirect_uri_not_registered": (
            400,
            _("The redirect URI is not registered for the application."),
        ),
    }
)
