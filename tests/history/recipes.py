"""How each service that takes an actor is called: with real rows, so that it changes something."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import TestCase, override_settings
from django_otp.oath import TOTP

from access.services import resources, roles, scopes
from applications.access_rules import AccessRules
from applications.cimd.service import switch_cimd
from applications.registration import client_registration, initial_access_tokens
from applications.services import (
    access_control,
    applications,
    consent_configuration,
    organization_applications,
    secrets,
    sign_in_experience,
)
from applications.services import roles as application_roles
from applications.services import saml_applications as saml_clients
from common.actors import SYSTEM, Actor
from common.clock import now
from common.crypto import sha256_hex
from common.shapes import AnyObject
from configuration.applying import make_changes
from configuration.kinds.access_rules import set_rules
from configuration.kinds.consent import set_consent
from configuration.secrets import resolver_of
from configuration.services import apply_configuration, plan_configuration
from connectors.address_events import AddressEvent, ProblemKind, ProblemReason
from connectors.enterprise.services import connectors as sso_connectors
from connectors.enterprise.services import signing_keys
from connectors.models import MailboxMessage
from connectors.services import connectors, delivery, templates
from connectors.services.delivery_problems import note_problem
from experience.actions.configuration import ActionType
from experience.second_factors.staged import StagedFactors
from experience.services import (
    action_settings,
    captcha_provider,
    custom_phrases,
    custom_ui,
    idp_initiated,
    own_account,
    password_expiration,
    profile_fields,
)
from experience.services.factor_binding import bind_staged_factors
from experience.services.settings import update_sign_in_experience
from identity import account_center
from identity.factors.backup_codes.service import bind_backup_codes
from identity.factors.changes import announce_change, announce_renaming
from identity.factors.totp.codes import read_secret
from identity.factors.totp.service import bind_totp
from identity.factors.webauthn.service import bind_passkey
from identity.identifier_keys import subject_key
from identity.models import SentinelActivity
from identity.security_notifications import notify_of_change
from identity.services import (
    factor_preferences,
    factors,
    one_time_tokens,
    personal_access_tokens,
    role_holders,
    sentinel,
    trusted_devices,
    users,
)
from identity.services import roles as user_roles
from identity.services.delivery_problems import clear_delivery_problem
from identity.services.last_way_in import assert_way_in_left
from oidc.claims.scope_claims import ID_TOKEN_SETTING
from oidc.custom_claims import service as custom_claims
from oidc.custom_claims.configuration import TokenKind
from oidc.sessions import grants, organization_access, sessions
from oidc.sessions.sessions import SESSION_SETTING
from oidc.token import subject_tokens
from organizations.services import invitations, jit, jit_sso, members, organizations, template
from saml.services import applications as saml_applications
from saml.services import secrets as saml_secrets
from tenants.domains import services as domains
from tenants.files.services import delete_files, store_file
from tenants.models import Domain, Tenant
from tenants.services import keys, script_settings
from tenants.services import settings as tenant_settings
from tenants.services import tenants as tenant_services
from tests.experience.own_pages.archives import archive
from tests.history import imports, linked_accounts, webhooks
from tests.history.world import CREDENTIAL, PROFILE_FIELD, TEMPLATE, World
from tests.people import PASSWORD
from tests.pictures import picture

CAROL = Actor.developer("carol")

KIND = TokenKind.CLIENT_CREDENTIALS
ACTION = {"script": "const runAction = () => {};"}
SCRIPT = {"script": "return {};", "environmentVariables": {}, "blockIssuanceOnError": False}

_CLAIMS: Any = {"enabledExtendedClaims": ["roles"]}


def _expire(world: World) -> None:
    connectors.create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    update_sign_in_experience(
        {
            "forgotPasswordMethods": ["EmailVerificationCode"],
            "passwordExpiration": {"enabled": True, "validPeriodDays": 30},
        },
        actor=SYSTEM,
    )
    password_expiration.expire_password(world.alice, is_expired=True, actor=CAROL)


def _change_email(world: World) -> None:
    connectors.create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    address = "alice@orchard.example"
    with TestCase.captureOnCommitCallbacks(execute=True):
        own_account.send_own_email_code(world.alice, email=address, current=PASSWORD)
    code = MailboxMessage.objects.get(recipient=address).code
    own_account.change_own_email(world.alice, email=address, code=code, actor=CAROL)


def _resend(world: World) -> None:
    connectors.create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    invitations.resend_invitation(world.invitation, message={}, actor=CAROL)


def _replace_totp(world: World) -> None:
    clock = TOTP(read_secret("A" * 32))
    factors.replace_totp(world.alice, secret="A" * 32, code=f"{clock.token():06d}", actor=CAROL)


def _unlock(world: World) -> None:
    SentinelActivity.objects.create(
        target_hash=sha256_hex(subject_key("alice")),
        action="Password",
        result="Failed",
        decision="Blocked",
        decision_expires_at=now() + timedelta(hours=1),
    )
    sentinel.unlock(["alice"], actor=CAROL)


def _clear_delivery_problem(world: World) -> None:
    users.update_user(world.alice, primary_email="alice@example.com", actor=SYSTEM)
    config = {"serverToken": "token", "fromEmail": "no-reply@example.com"}
    connector = connectors.create_connector(factory_id="postmark-mail", config=config, actor=SYSTEM)
    event = AddressEvent("email", "alice@example.com", ProblemKind.COMPLAINT, ProblemReason.SPAM, now())
    note_problem(event, connector=connector)
    clear_delivery_problem(world.alice, channel="email", actor=CAROL)


def _initial_token() -> str:
    return initial_access_tokens.create_initial_access_token(name="agents", actor=SYSTEM)[0].id


def _update_script() -> None:
    custom_claims.put_custom_claims(KIND, SCRIPT, actor=SYSTEM)
    custom_claims.update_custom_claims(KIND, {"blockIssuanceOnError": True}, actor=CAROL)


def _delete_script() -> None:
    custom_claims.put_custom_claims(KIND, SCRIPT, actor=SYSTEM)
    custom_claims.delete_custom_claims(KIND, actor=CAROL)


def _delete_script_setting() -> None:
    script_settings.put_script_setting(KIND.setting, SCRIPT, shape=AnyObject(), actor=SYSTEM)
    script_settings.delete_script_setting(KIND.setting, actor=CAROL)


def _update_action() -> None:
    action_settings.put_action(ActionType.POST_SIGN_IN, ACTION, actor=SYSTEM)
    action_settings.update_action(ActionType.POST_SIGN_IN, {"enabled": False}, actor=CAROL)


def _delete_action() -> None:
    action_settings.put_action(ActionType.POST_SIGN_IN, ACTION, actor=SYSTEM)
    action_settings.delete_action(ActionType.POST_SIGN_IN, actor=CAROL)


def _delete_previous_key() -> None:
    keys.rotate_key(grace_period=0, actor=SYSTEM)
    previous = next(key for key in keys.list_keys() if key.status == "Previous")
    keys.delete_key(previous.id, actor=CAROL)


def _withdraw_consent(world: World) -> None:
    organization_access.add_consented_organizations(
        world.third_party, user=world.alice, organization_ids=[world.joined.id], actor=SYSTEM
    )
    organization_access.remove_consented_organization(
        world.third_party, user=world.alice, organization_id=world.organization.id, actor=CAROL
    )


def _place(world: World) -> dict[str, str]:
    organization_applications.add_organization_applications(
        world.organization, application_ids=[world.machine.id], actor=SYSTEM
    )
    return {"application_id": world.machine.id}


def _working_place(world: World) -> dict[str, str]:
    place = _place(world)
    organization_applications.assign_organization_application_roles(
        world.organization, **place, role_ids=[world.organization_machine_role.id], actor=SYSTEM
    )
    return place


def _scope_type(world: World) -> dict[str, Any]:
    consent_configuration.allow_user_consent_scopes(world.third_party, user_scopes=["email"], actor=SYSTEM)
    return {"scope_type": consent_configuration.ScopeType.USER_SCOPES, "scope_id": "email"}


def _domain() -> str:
    with override_settings(CUSTOM_DOMAIN_TARGET="edge.example.com"):
        return domains.add_domain("login.shop.example", actor=SYSTEM).id


def _add_domain() -> None:
    with override_settings(CUSTOM_DOMAIN_TARGET="edge.example.com"):
        domains.add_domain("login.shop.example", actor=CAROL)


def _clean_up_domains() -> None:
    Domain.objects.filter(id=_domain()).update(updated_at=now() - timedelta(days=9))
    domains.clean_up_domains(stale_days=7, actor=CAROL)


Recipe = Callable[[World], Any]

_ACCESS: dict[Any, Recipe] = {
    resources.create_resource: lambda w: resources.create_resource(
        name="A", indicator="https://a.example", actor=CAROL
    ),
    resources.update_resource: lambda w: resources.update_resource(w.resource, name="New", actor=CAROL),
    resources.set_default_resource: lambda w: resources.set_default_resource(w.resource, is_default=True, actor=CAROL),
    resources.delete_resource: lambda w: resources.delete_resource(w.resource, actor=CAROL),
    scopes.create_scope: lambda w: scopes.create_scope(w.resource, name="write", actor=CAROL),
    scopes.update_scope: lambda w: scopes.update_scope(w.scope, name="reads", actor=CAROL),
    scopes.delete_scope: lambda w: scopes.delete_scope(w.scope, actor=CAROL),
    roles.create_role: lambda w: roles.create_role(name="X", description="X", actor=CAROL),
    roles.update_role: lambda w: roles.update_role(w.role, name="Y", actor=CAROL),
    roles.delete_role: lambda w: roles.delete_role(w.role, actor=CAROL),
    roles.add_role_scopes: lambda w: roles.add_role_scopes(w.role, scope_ids=[w.scope.id], actor=CAROL),
    roles.remove_role_scope: lambda w: roles.remove_role_scope(w.granting_role, scope_id=w.scope.id, actor=CAROL),
}

_ORGANIZATIONS: dict[Any, Recipe] = {
    organizations.create_organization: lambda w: organizations.create_organization(name="New", actor=CAROL),
    organizations.update_organization: lambda w: organizations.update_organization(
        w.organization, name="Other", actor=CAROL
    ),
    organizations.delete_organization: lambda w: organizations.delete_organization(w.organization, actor=CAROL),
    members.add_members: lambda w: members.add_members(w.organization, user_ids=[w.alice.id], actor=CAROL),
    members.replace_members: lambda w: members.replace_members(w.joined, user_ids=[], actor=CAROL),
    members.remove_member: lambda w: members.remove_member(w.joined, user_id=w.alice.id, actor=CAROL),
    members.assign_member_roles: lambda w: members.assign_member_roles(
        w.joined, user_id=w.alice.id, role_ids=[w.organization_role.id], actor=CAROL
    ),
    members.replace_member_roles: lambda w: members.replace_member_roles(
        w.ruled, user_id=w.alice.id, role_ids=[], actor=CAROL
    ),
    members.assign_roles_to_members: lambda w: members.assign_roles_to_members(
        w.joined, user_ids=[w.alice.id], role_ids=[w.organization_role.id], actor=CAROL
    ),
    members.remove_member_role: lambda w: members.remove_member_role(
        w.ruled, user_id=w.alice.id, role_id=w.organization_role.id, actor=CAROL
    ),
    invitations.invite_member: lambda w: invitations.invite_member(
        w.organization, invitee="bob@example.com", expires_at=now() + timedelta(days=1), actor=CAROL
    ),
    invitations.accept_invitation: lambda w: invitations.accept_invitation(
        w.invitation, user_id=w.alice.id, actor=CAROL
    ),
    invitations.revoke_invitation: lambda w: invitations.revoke_invitation(w.invitation, actor=CAROL),
    invitations.resend_invitation: _resend,
    invitations.delete_invitation: lambda w: invitations.delete_invitation(w.invitation, actor=CAROL),
    jit.add_email_domain: lambda w: jit.add_email_domain(w.organization, email_domain="b.example", actor=CAROL),
    jit.replace_email_domains: lambda w: jit.replace_email_domains(w.just_in_time, email_domains=[], actor=CAROL),
    jit.remove_email_domain: lambda w: jit.remove_email_domain(w.just_in_time, email_domain="example.com", actor=CAROL),
    jit.add_jit_roles: lambda w: jit.add_jit_roles(w.organization, role_ids=[w.organization_role.id], actor=CAROL),
    jit.replace_jit_roles: lambda w: jit.replace_jit_roles(w.just_in_time, role_ids=[], actor=CAROL),
    jit.remove_jit_role: lambda w: jit.remove_jit_role(w.just_in_time, role_id=w.organization_role.id, actor=CAROL),
    jit.provision_by_email: lambda w: (w.just_in_time, jit.provision_by_email(w.alice, actor=CAROL)),
    jit.provision_by_choice: lambda w: jit.provision_by_choice(
        w.alice, organization_ids=[w.organization.id], actor=CAROL
    ),
    jit.provision_by_sso: lambda w: (
        w.just_in_time,
        jit.provision_by_sso(w.alice, connector_id=w.sso_connector.id, actor=CAROL),
    ),
    jit_sso.add_jit_sso_connectors: lambda w: jit_sso.add_jit_sso_connectors(
        w.organization, connector_ids=[w.sso_connector.id], actor=CAROL
    ),
    jit_sso.replace_jit_sso_connectors: lambda w: jit_sso.replace_jit_sso_connectors(
        w.just_in_time, connector_ids=[], actor=CAROL
    ),
    jit_sso.remove_jit_sso_connector: lambda w: jit_sso.remove_jit_sso_connector(
        w.just_in_time, connector_id=w.sso_connector.id, actor=CAROL
    ),
    template.create_organization_scope: lambda w: template.create_organization_scope(name="write", actor=CAROL),
    template.update_organization_scope: lambda w: template.update_organization_scope(
        w.organization_scope, name="reads", actor=CAROL
    ),
    template.delete_organization_scope: lambda w: template.delete_organization_scope(w.organization_scope, actor=CAROL),
    template.create_organization_role: lambda w: template.create_organization_role(name="Boss", actor=CAROL),
    template.update_organization_role: lambda w: template.update_organization_role(
        w.organization_role, name="Boss", actor=CAROL
    ),
    template.delete_organization_role: lambda w: template.delete_organization_role(w.organization_role, actor=CAROL),
    template.add_role_scopes: lambda w: template.add_role_scopes(
        w.organization_role, scope_ids=[w.organization_scope.id], actor=CAROL
    ),
    template.replace_role_scopes: lambda w: template.replace_role_scopes(
        w.granting_organization_role, scope_ids=[], actor=CAROL
    ),
    template.remove_role_scope: lambda w: template.remove_role_scope(
        w.granting_organization_role, scope_id=w.organization_scope.id, actor=CAROL
    ),
    template.add_role_resource_scopes: lambda w: template.add_role_resource_scopes(
        w.organization_role, scope_ids=[w.scope.id], actor=CAROL
    ),
    template.replace_role_resource_scopes: lambda w: template.replace_role_resource_scopes(
        w.granting_organization_role, scope_ids=[], actor=CAROL
    ),
    template.remove_role_resource_scope: lambda w: template.remove_role_resource_scope(
        w.granting_organization_role, scope_id=w.scope.id, actor=CAROL
    ),
}

_IDENTITY: dict[Any, Recipe] = {
    users.create_user: lambda w: users.create_user(username="dora", actor=CAROL),
    users.update_user: lambda w: users.update_user(w.alice, name="Al", actor=CAROL),
    users.merge_user_data: lambda w: users.merge_user_data(w.alice, custom_data={"a": 1}, actor=CAROL),
    users.set_password: lambda w: users.set_password(w.alice, password="copper lantern 77", actor=CAROL),
    users.set_password_expired: lambda w: users.set_password_expired(w.alice, is_expired=True, actor=CAROL),
    users.set_user_suspended: lambda w: users.set_user_suspended(w.alice, suspended=True, actor=CAROL),
    users.delete_user: lambda w: users.delete_user(w.alice, actor=CAROL),
    user_roles.assign_user_roles: lambda w: user_roles.assign_user_roles(w.alice, role_ids=[w.role.id], actor=CAROL),
    user_roles.replace_user_roles: lambda w: (
        w.held_role,
        user_roles.replace_user_roles(w.alice, role_ids=[], actor=CAROL),
    ),
    user_roles.remove_user_role: lambda w: user_roles.remove_user_role(w.alice, role_id=w.held_role.id, actor=CAROL),
    role_holders.add_role_users: lambda w: role_holders.add_role_users(w.role, user_ids=[w.alice.id], actor=CAROL),
    one_time_tokens.create_one_time_token: lambda w: one_time_tokens.create_one_time_token(
        email="a@example.com", actor=CAROL
    ),
    one_time_tokens.set_one_time_token_status: lambda w: one_time_tokens.set_one_time_token_status(
        w.one_time_token, status="revoked", actor=CAROL
    ),
    one_time_tokens.delete_one_time_token: lambda w: one_time_tokens.delete_one_time_token(
        w.one_time_token.id, actor=CAROL
    ),
    personal_access_tokens.create_personal_access_token: lambda w: personal_access_tokens.create_personal_access_token(
        w.alice, name="phone", actor=CAROL
    ),
    personal_access_tokens.rename_personal_access_token: lambda w: personal_access_tokens.rename_personal_access_token(
        w.alice, name=w.access_token.name, new_name="desk", actor=CAROL
    ),
    personal_access_tokens.delete_personal_access_token: lambda w: personal_access_tokens.delete_personal_access_token(
        w.alice, name=w.access_token.name, actor=CAROL
    ),
    trusted_devices.delete_trusted_device: lambda w: trusted_devices.delete_trusted_device(
        w.alice, device_id=w.trusted_device.id, actor=CAROL
    ),
    trusted_devices.delete_trusted_devices: lambda w: (
        w.trusted_device,
        trusted_devices.delete_trusted_devices(w.alice, actor=CAROL),
    ),
    factor_preferences.update_factor_preferences: lambda w: factor_preferences.update_factor_preferences(
        w.alice, {"mfa": {"skipped": True}}, actor=CAROL
    ),
    factors.create_factor: lambda w: factors.create_factor(w.alice, {"type": "Totp"}, issuer="x", actor=CAROL),
    factors.rename_factor: lambda w: factors.rename_factor(w.alice, factor_id=w.passkey.id, name="Key", actor=CAROL),
    factors.remove_factor: lambda w: factors.remove_factor(w.alice, factor_id=w.passkey.id, actor=CAROL),
    factors.replace_totp: _replace_totp,
    bind_totp: lambda w: bind_totp(w.alice, secret="A" * 32, actor=CAROL),
    bind_backup_codes: lambda w: bind_backup_codes(w.alice, hashes=["a" * 64], actor=CAROL),
    bind_passkey: lambda w: bind_passkey(w.alice, credential=CREDENTIAL, agent="", actor=CAROL),
    bind_staged_factors: lambda w: bind_staged_factors(w.alice, StagedFactors(backup_codes=("a" * 64,)), actor=CAROL),
    announce_change: lambda w: announce_change(w.alice, removed=[w.passkey], actor=CAROL),
    announce_renaming: lambda w: announce_renaming(w.alice, w.passkey, actor=CAROL),
    account_center.update_account_center: lambda w: account_center.update_account_center(
        {"enabled": True}, actor=CAROL
    ),
}

_APPLICATIONS: dict[Any, Recipe] = {
    applications.create_application: lambda w: applications.create_application(name="N", type="SPA", actor=CAROL),
    applications.update_application: lambda w: applications.update_application(w.application, name="M", actor=CAROL),
    applications.merge_application_custom_data: lambda w: applications.merge_application_custom_data(
        w.application, custom_data={"a": 1}, actor=CAROL
    ),
    applications.delete_application: lambda w: applications.delete_application(w.application, actor=CAROL),
    applications.remove_application: lambda w: applications.remove_application(w.application, actor=CAROL),
    applications.change_application: lambda w: applications.change_application(
        w.application, {"name": "Renamed"}, actor=CAROL
    ),
    saml_clients.create_saml_client: lambda w: saml_clients.create_saml_client(name="Wiki", actor=CAROL),
    saml_clients.update_saml_client: lambda w: saml_clients.update_saml_client(
        w.saml_application, name="Renamed", actor=CAROL
    ),
    saml_clients.delete_saml_application: lambda w: saml_clients.delete_saml_application(
        w.saml_application, actor=CAROL
    ),
    saml_applications.create_saml_application: lambda w: saml_applications.create_saml_application(
        name="Wiki", actor=CAROL
    ),
    saml_applications.update_saml_application: lambda w: saml_applications.update_saml_application(
        w.saml_application, entity_id="https://sp.example", actor=CAROL
    ),
    saml_secrets.create_secret: lambda w: saml_secrets.create_secret(w.saml_application, years=1, actor=CAROL),
    saml_secrets.set_secret_active: lambda w: saml_secrets.set_secret_active(
        w.saml_application, secret_id=w.saml_certificate.id, active=True, actor=CAROL
    ),
    saml_secrets.delete_secret: lambda w: saml_secrets.delete_secret(
        w.saml_application, secret_id=w.saml_certificate.id, actor=CAROL
    ),
    secrets.add_secret: lambda w: secrets.add_secret(w.application, name="Second", actor=CAROL),
    secrets.rename_secret: lambda w: secrets.rename_secret(
        w.application, name=w.secret.name, new_name="First", actor=CAROL
    ),
    secrets.reveal_secret: lambda w: secrets.reveal_secret(w.secret, actor=CAROL),
    secrets.delete_secret: lambda w: secrets.delete_secret(w.application, name=w.secret.name, actor=CAROL),
    application_roles.assign_application_roles: lambda w: application_roles.assign_application_roles(
        w.machine, role_ids=[w.machine_role.id], actor=CAROL
    ),
    application_roles.replace_application_roles: lambda w: application_roles.replace_application_roles(
        w.working_machine, role_ids=[], actor=CAROL
    ),
    application_roles.remove_application_role: lambda w: application_roles.remove_application_role(
        w.working_machine, role_id=w.machine_role.id, actor=CAROL
    ),
    application_roles.add_role_applications: lambda w: application_roles.add_role_applications(
        w.machine_role, application_ids=[w.machine.id], actor=CAROL
    ),
    application_roles.remove_role_application: lambda w: application_roles.remove_role_application(
        w.machine_role, application_id=w.working_machine.id, actor=CAROL
    ),
    application_roles.set_application_admin: lambda w: application_roles.set_application_admin(
        w.machine, is_admin=True, actor=CAROL
    ),
    sign_in_experience.set_application_sign_in_experience: lambda w: (
        sign_in_experience.set_application_sign_in_experience(w.application, display_name="Shop", actor=CAROL)
    ),
    access_control.replace_access_rules: lambda w: access_control.replace_access_rules(
        w.application, AccessRules(role_ids=(w.role.id,)), actor=CAROL
    ),
    consent_configuration.allow_user_consent_scopes: lambda w: consent_configuration.allow_user_consent_scopes(
        w.third_party, user_scopes=["email"], actor=CAROL
    ),
    consent_configuration.disallow_user_consent_scope: lambda w: consent_configuration.disallow_user_consent_scope(
        w.third_party, **_scope_type(w), actor=CAROL
    ),
    organization_applications.add_organization_applications: lambda w: (
        organization_applications.add_organization_applications(
            w.organization, application_ids=[w.machine.id], actor=CAROL
        )
    ),
    organization_applications.replace_organization_applications: lambda w: (
        _place(w),
        organization_applications.replace_organization_applications(w.organization, application_ids=[], actor=CAROL),
    ),
    organization_applications.remove_organization_application: lambda w: (
        organization_applications.remove_organization_application(w.organization, **_place(w), actor=CAROL)
    ),
    organization_applications.assign_organization_application_roles: lambda w: (
        organization_applications.assign_organization_application_roles(
            w.organization, **_place(w), role_ids=[w.organization_machine_role.id], actor=CAROL
        )
    ),
    organization_applications.assign_roles_to_organization_applications: lambda w: (
        organization_applications.assign_roles_to_organization_applications(
            w.organization,
            application_ids=list(_place(w).values()),
            role_ids=[w.organization_machine_role.id],
            actor=CAROL,
        )
    ),
    organization_applications.replace_organization_application_roles: lambda w: (
        organization_applications.replace_organization_application_roles(
            w.organization, **_working_place(w), role_ids=[], actor=CAROL
        )
    ),
    organization_applications.remove_organization_application_role: lambda w: (
        organization_applications.remove_organization_application_role(
            w.organization, **_working_place(w), role_id=w.organization_machine_role.id, actor=CAROL
        )
    ),
    switch_cimd: lambda w: switch_cimd(is_on=True, actor=CAROL),
    client_registration.change_registration_settings: lambda w: client_registration.change_registration_settings(
        {"enabled": True}, actor=CAROL
    ),
    initial_access_tokens.create_initial_access_token: lambda w: initial_access_tokens.create_initial_access_token(
        name="more", actor=CAROL
    ),
    initial_access_tokens.delete_initial_access_token: lambda w: initial_access_tokens.delete_initial_access_token(
        _initial_token(), actor=CAROL
    ),
}

_PROTOCOL: dict[Any, Recipe] = {
    custom_claims.put_custom_claims: lambda w: custom_claims.put_custom_claims(KIND, SCRIPT, actor=CAROL),
    custom_claims.update_custom_claims: lambda w: _update_script(),
    custom_claims.delete_custom_claims: lambda w: _delete_script(),
    action_settings.put_action: lambda w: action_settings.put_action(ActionType.POST_SIGN_IN, ACTION, actor=CAROL),
    action_settings.update_action: lambda w: _update_action(),
    action_settings.delete_action: lambda w: _delete_action(),
    grants.revoke_user_grant: lambda w: grants.revoke_user_grant(w.alice.id, w.grant.id, actor=CAROL),
    sessions.revoke_session: lambda w: sessions.revoke_session(w.alice.id, w.session.id, actor=CAROL),
    organization_access.add_consented_organizations: lambda w: organization_access.add_consented_organizations(
        w.third_party, user=w.alice, organization_ids=[w.joined.id], actor=CAROL
    ),
    organization_access.replace_consented_organizations: lambda w: organization_access.replace_consented_organizations(
        w.third_party, user=w.alice, organization_ids=[w.joined.id], actor=CAROL
    ),
    organization_access.remove_consented_organization: _withdraw_consent,
    subject_tokens.create_subject_token: lambda w: subject_tokens.create_subject_token(user_id=w.alice.id, actor=CAROL),
}

_REST: dict[Any, Recipe] = {
    idp_initiated.set_idp_initiated_sign_in: lambda w: idp_initiated.set_idp_initiated_sign_in(
        w.sso_connector,
        application_id=w.application.id,
        auto_send_authorization_request=False,
        client_callback_uri="https://shop.example/start",
        actor=CAROL,
    ),
    idp_initiated.delete_idp_initiated_sign_in: lambda w: idp_initiated.delete_idp_initiated_sign_in(
        w.idp_initiated, actor=CAROL
    ),
    sso_connectors.create_sso_connector: lambda w: sso_connectors.create_sso_connector(
        provider_name="Okta", connector_name="initech", actor=CAROL
    ),
    sso_connectors.update_sso_connector: lambda w: sso_connectors.update_sso_connector(
        w.sso_connector, domains=["initech.example"], actor=CAROL
    ),
    sso_connectors.delete_sso_connector: lambda w: sso_connectors.delete_sso_connector(w.sso_connector, actor=CAROL),
    signing_keys.create_sso_signing_key: lambda w: signing_keys.create_sso_signing_key(w.sso_connector, actor=CAROL),
    signing_keys.set_signing_key_active: lambda w: signing_keys.set_signing_key_active(
        w.sso_signing_key, active=True, actor=CAROL
    ),
    signing_keys.delete_signing_key: lambda w: signing_keys.delete_signing_key(w.sso_signing_key, actor=CAROL),
    connectors.create_connector: lambda w: connectors.create_connector(
        factory_id="development-mailbox-email", config={}, actor=CAROL
    ),
    connectors.update_connector: lambda w: connectors.update_connector(w.connector, config={}, actor=CAROL),
    delivery.send_test_message: lambda w: delivery.send_test_message(
        factory_id="development-mailbox-email",
        channel="email",
        recipient="alice@example.com",
        config={},
        actor=CAROL,
    ),
    connectors.delete_connector: lambda w: connectors.delete_connector(w.connector.id, actor=CAROL),
    custom_phrases.replace_custom_phrases: lambda w: custom_phrases.replace_custom_phrases(
        "sv-SE", translation={"action": {"sign_in": "Logga in"}}, actor=CAROL
    ),
    custom_phrases.update_custom_phrases: lambda w: custom_phrases.update_custom_phrases(
        "sv-SE", changes={"action.sign_in": "Logga in"}, actor=CAROL
    ),
    custom_phrases.delete_custom_phrases: lambda w: (
        custom_phrases.replace_custom_phrases("sv-SE", translation={}, actor=CAROL),
        custom_phrases.delete_custom_phrases("sv-SE", actor=CAROL),
    )[-1],
    templates.replace_email_templates: lambda w: templates.replace_email_templates([TEMPLATE], actor=CAROL),
    templates.update_email_template: lambda w: templates.update_email_template(
        w.template, details={"subject": "New"}, actor=CAROL
    ),
    templates.delete_email_template: lambda w: templates.delete_email_template(w.template, actor=CAROL),
    templates.delete_email_templates: lambda w: (
        w.template,
        templates.delete_email_templates(language_tag="en", template_type=None, actor=CAROL),
    ),
    captcha_provider.put_captcha_provider: lambda w: captcha_provider.put_captcha_provider(
        {"type": "ProofOfWork"}, actor=CAROL
    ),
    captcha_provider.delete_captcha_provider: lambda w: (
        captcha_provider.put_captcha_provider({"type": "ProofOfWork"}, actor=SYSTEM),
        captcha_provider.delete_captcha_provider(actor=CAROL),
    ),
    update_sign_in_experience: lambda w: update_sign_in_experience(
        {"supportWebsiteUrl": "https://help.example"}, actor=CAROL
    ),
    custom_ui.upload_custom_ui: lambda w: custom_ui.upload_custom_ui(archive(), actor=CAROL),
    custom_ui.delete_custom_ui: lambda w: custom_ui.delete_custom_ui(
        custom_ui.upload_custom_ui(archive(), actor=SYSTEM), actor=CAROL
    ),
    profile_fields.create_profile_fields: lambda w: profile_fields.create_profile_fields(
        [("company", PROFILE_FIELD)], actor=CAROL
    ),
    profile_fields.update_profile_field: lambda w: profile_fields.update_profile_field(
        w.profile_field, {**PROFILE_FIELD, "label": "Employer"}, actor=CAROL
    ),
    profile_fields.reorder_profile_fields: lambda w: profile_fields.reorder_profile_fields(
        [(w.profile_field, 9)], actor=CAROL
    ),
    profile_fields.delete_profile_field: lambda w: profile_fields.delete_profile_field(w.profile_field, actor=CAROL),
    password_expiration.expire_password: _expire,
    sentinel.unlock: _unlock,
    clear_delivery_problem: _clear_delivery_problem,
    own_account.change_own_password: lambda w: own_account.change_own_password(
        w.alice, current=PASSWORD, new="copper lantern 77", session_id="", actor=CAROL
    ),
    own_account.change_own_email: _change_email,
    keys.rotate_key: lambda w: keys.rotate_key(grace_period=60, actor=CAROL),
    keys.delete_key: lambda w: _delete_previous_key(),
    tenant_settings.set_setting: lambda w: tenant_settings.set_setting(ID_TOKEN_SETTING, _CLAIMS, actor=CAROL),
    tenant_settings.merge_setting: lambda w: tenant_settings.merge_setting(
        SESSION_SETTING, {"ttl": 86_400}, actor=CAROL
    ),
    tenant_settings.delete_setting: lambda w: (
        tenant_settings.set_setting(ID_TOKEN_SETTING, _CLAIMS, actor=SYSTEM),
        tenant_settings.delete_setting(ID_TOKEN_SETTING, actor=CAROL),
    ),
    script_settings.put_script_setting: lambda w: script_settings.put_script_setting(
        KIND.setting, SCRIPT, shape=AnyObject(), actor=CAROL
    ),
    script_settings.update_script_setting: lambda w: (
        script_settings.put_script_setting(KIND.setting, SCRIPT, shape=AnyObject(), actor=SYSTEM),
        script_settings.update_script_setting(KIND.setting, {"script": ""}, shape=AnyObject(), actor=CAROL),
    ),
    script_settings.delete_script_setting: lambda w: _delete_script_setting(),
    domains.add_domain: lambda w: _add_domain(),
    domains.delete_domain: lambda w: domains.delete_domain(_domain(), actor=CAROL),
    domains.replace_verification_files: lambda w: domains.replace_verification_files(
        _domain(), [{"path": "/a.txt", "content": "a", "contentType": "text/plain"}], actor=CAROL
    ),
    domains.clean_up_domains: lambda w: _clean_up_domains(),
    store_file: lambda w: store_file(picture(), kind="asset", actor=CAROL),
    delete_files: lambda w: delete_files([store_file(picture(), kind="asset", actor=CAROL)], actor=CAROL),
    tenant_services.create_tenant: lambda w: tenant_services.create_tenant("fresh", name="Fresh", actor=CAROL),
    tenant_services.set_tenant_suspended: lambda w: tenant_services.set_tenant_suspended(
        tenant_services.create_tenant("fresh", name="Fresh"), suspended=True, actor=CAROL
    ),
    tenant_services.delete_tenant: lambda w: tenant_services.delete_tenant(
        tenant_services.create_tenant("fresh", name="Fresh"), actor=CAROL
    ),
    apply_configuration: lambda w: apply_configuration(
        "version: 1\nresources:\n  - {indicator: https://api.example, name: API}",
        resolve=resolver_of({}),
        actor=CAROL,
    ),
    tenant_services.update_tenant: lambda w: tenant_services.update_tenant(
        Tenant.objects.get(id="default"), name="Main", actor=CAROL
    ),
}

RECIPES: dict[Any, Recipe] = {
    **_ACCESS,
    **_ORGANIZATIONS,
    **_IDENTITY,
    **_APPLICATIONS,
    **_PROTOCOL,
    **_REST,
    **linked_accounts.recipes(CAROL),
    **imports.recipes(CAROL),
    **webhooks.recipes(CAROL),
}

# They change nothing themselves: they call the services above, or always refuse.
WITHOUT_ENTRY = {
    assert_way_in_left,
    jit.record_rules,
    make_changes,
    members.record_members,
    members.record_roles,
    notify_of_change,
    plan_configuration,
    set_consent,
    set_rules,
}
