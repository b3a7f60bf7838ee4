"""One of everything that a service with an actor can change, in tenant `default`."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from access.models import Resource, Role, RoleScope, RoleType, Scope
from applications.models import Application, ApplicationRole, ApplicationSecret
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.clock import now
from connectors.enterprise.services.connectors import create_sso_connector
from connectors.enterprise.services.signing_keys import create_sso_signing_key
from connectors.models import Connector, EmailTemplate, SsoConnector, SsoSigningKey
from connectors.services.connectors import create_connector
from connectors.services.templates import replace_email_templates
from experience.models import IdpInitiatedSignIn
from experience.services.profile_fields import create_profile_fields
from identity.factors.webauthn.ceremony import NewCredential
from identity.factors.webauthn.service import bind_passkey
from identity.models import Factor, OneTimeToken, TrustedDevice, User, UserRole
from identity.services.one_time_tokens import create_one_time_token
from identity.services.personal_access_tokens import create_personal_access_token
from oidc.models import Grant, Session
from organizations.models import (
    JitEmailDomain,
    JitRole,
    JitSsoConnector,
    MemberRole,
    Organization,
    OrganizationInvitation,
    OrganizationMember,
    OrganizationRole,
    OrganizationRoleResourceScope,
    OrganizationRoleScope,
    OrganizationScope,
)
from organizations.services.invitations import invite_member
from saml.models import SamlApplicationSecret
from saml.services.applications import create_saml_application
from saml.services.secrets import create_secret

TEMPLATE = {
    "languageTag": "en",
    "templateType": "Register",
    "details": {"subject": "Code", "content": "{{code}}", "contentType": "text/plain"},
}

PROFILE_FIELD = {"type": "Text", "label": "Company", "required": False}

CREDENTIAL = NewCredential(
    credential_id="AQID", public_key="AQID", sign_count=0, transports=(), aaguid="", rp_id="id.example.com"
)


@dataclass
class World:
    """Rows are made when a recipe asks for them."""

    alice: User

    @cached_property
    def saml_application(self) -> Application:
        return create_saml_application(name="Wiki", actor=SYSTEM).application

    @cached_property
    def saml_certificate(self) -> SamlApplicationSecret:
        return create_secret(self.saml_application, years=1, actor=SYSTEM)

    @cached_property
    def trusted_device(self) -> TrustedDevice:
        ends = now() + timedelta(days=30)
        return TrustedDevice.objects.create(user=self.alice, last_used_at=now(), expires_at=ends)

    @cached_property
    def passkey(self) -> Factor:
        return bind_passkey(self.alice, credential=CREDENTIAL, agent="", actor=SYSTEM)

    @cached_property
    def resource(self) -> Resource:
        return Resource.objects.create(name="Things", indicator="https://things.example")

    @cached_property
    def scope(self) -> Scope:
        return Scope.objects.create(resource=self.resource, name="read:things")

    @cached_property
    def role(self) -> Role:
        return Role.objects.create(name="Reader", description="Reads")

    @cached_property
    def machine_role(self) -> Role:
        return Role.objects.create(name="Worker", description="Works", type=RoleType.MACHINE_TO_MACHINE)

    @cached_property
    def granting_role(self) -> Role:
        RoleScope.objects.create(role=self.role, scope=self.scope)
        return self.role

    @cached_property
    def held_role(self) -> Role:
        UserRole.objects.create(user=self.alice, role=self.role)
        return self.role

    @cached_property
    def application(self) -> Application:
        return create_application(name="Shop", type="Traditional", actor=SYSTEM)

    @cached_property
    def third_party(self) -> Application:
        return create_application(name="Market", type="Traditional", is_third_party=True, actor=SYSTEM)

    @cached_property
    def machine(self) -> Application:
        return create_application(name="Job", type="MachineToMachine", actor=SYSTEM)

    @cached_property
    def working_machine(self) -> Application:
        ApplicationRole.objects.create(application=self.machine, role=self.machine_role)
        return self.machine

    @cached_property
    def secret(self) -> ApplicationSecret:
        return ApplicationSecret.objects.get(application=self.application)

    @cached_property
    def organization(self) -> Organization:
        return Organization.objects.create(name="Wayne")

    @cached_property
    def organization_scope(self) -> OrganizationScope:
        return OrganizationScope.objects.create(name="read:documents")

    @cached_property
    def organization_role(self) -> OrganizationRole:
        return OrganizationRole.objects.create(name="Member")

    @cached_property
    def organization_machine_role(self) -> OrganizationRole:
        return OrganizationRole.objects.create(name="Machine", type=RoleType.MACHINE_TO_MACHINE)

    @cached_property
    def granting_organization_role(self) -> OrganizationRole:
        OrganizationRoleScope.objects.create(role=self.organization_role, scope=self.organization_scope)
        OrganizationRoleResourceScope.objects.create(role=self.organization_role, scope=self.scope)
        return self.organization_role

    @cached_property
    def joined(self) -> Organization:
        OrganizationMember.objects.create(organization=self.organization, user=self.alice)
        return self.organization

    @cached_property
    def ruled(self) -> Organization:
        member = OrganizationMember.objects.get(organization=self.joined, user=self.alice)
        MemberRole.objects.create(member=member, role=self.organization_role)
        return self.organization

    @cached_property
    def just_in_time(self) -> Organization:
        JitEmailDomain.objects.create(organization=self.organization, email_domain="example.com")
        JitRole.objects.create(organization=self.organization, role=self.organization_role)
        JitSsoConnector.objects.create(organization=self.organization, connector=self.sso_connector)
        return self.organization

    @cached_property
    def invitation(self) -> OrganizationInvitation:
        tomorrow = now() + timedelta(days=1)
        address = str(self.alice.primary_email)
        return invite_member(self.organization, invitee=address, expires_at=tomorrow, actor=SYSTEM)

    @cached_property
    def connector(self) -> Connector:
        return create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)

    @cached_property
    def sso_connector(self) -> SsoConnector:
        return create_sso_connector(provider_name="SAML", connector_name="initech", actor=SYSTEM)

    @cached_property
    def idp_initiated(self) -> SsoConnector:
        IdpInitiatedSignIn.objects.create(connector=self.sso_connector, application=self.application)
        return self.sso_connector

    @cached_property
    def sso_signing_key(self) -> SsoSigningKey:
        return create_sso_signing_key(self.sso_connector, actor=SYSTEM)

    @cached_property
    def profile_field(self) -> str:
        [row] = create_profile_fields([("team", PROFILE_FIELD)], actor=SYSTEM)
        return row.name

    @cached_property
    def template(self) -> EmailTemplate:
        return replace_email_templates([TEMPLATE], actor=SYSTEM)[0]

    @cached_property
    def one_time_token(self) -> OneTimeToken:
        return create_one_time_token(email="alice@example.com", actor=SYSTEM).token

    @cached_property
    def access_token(self) -> Any:
        return create_personal_access_token(self.alice, name="laptop", actor=SYSTEM).token

    @cached_property
    def grant(self) -> Grant:
        tomorrow = now() + timedelta(days=1)
        return Grant.objects.create(user=self.alice, application=self.application, expires_at=tomorrow)

    @cached_property
    def session(self) -> Session:
        moment = now()
        return Session.objects.create(
            user=self.alice,
            cookie_sha256="c" * 64,
            authenticated_at=moment,
            created_at=moment,
            expires_at=moment + timedelta(days=1),
            last_submission={},
        )
