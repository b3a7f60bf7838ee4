"""The kinds of things in a configuration, in the order in which they are made: each refers only to those above it.

Deletions go the other way. `OF_THE_INSTALLATION` are the sections that tenant `admin` has not: there they are the
installation's own.
"""

from configuration.kinds.applications import Applications
from configuration.kinds.base import Kind
from configuration.kinds.captcha import Captcha
from configuration.kinds.connectors import MessageConnector, SocialConnectors
from configuration.kinds.email_templates import EmailTemplates
from configuration.kinds.enterprise import IdpInitiatedSignIns, SsoConnectors
from configuration.kinds.organization_template import OrganizationPermissions, OrganizationRoles
from configuration.kinds.organizations import Organizations
from configuration.kinds.phrases import Phrases
from configuration.kinds.profile_fields import ProfileFields
from configuration.kinds.resources import Resources
from configuration.kinds.roles import Roles
from configuration.kinds.scripts import ACTIONS, CUSTOM_CLAIMS
from configuration.kinds.settings import AccountCenter, Settings
from configuration.kinds.sign_in_experience import SignInExperience
from configuration.kinds.unverified_clients import UnverifiedClients
from configuration.kinds.webhooks import Webhooks
from connectors.factories import ConnectorType
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT

ALL_KINDS: tuple[Kind, ...] = (
    Resources(),
    Roles(),
    OrganizationPermissions(),
    OrganizationRoles(),
    MessageConnector("emailConnector", ConnectorType.EMAIL),
    MessageConnector("smsConnector", ConnectorType.SMS),
    SocialConnectors(),
    SsoConnectors(),
    EmailTemplates(),
    Organizations(),
    Applications(),
    IdpInitiatedSignIns(),
    UnverifiedClients(),
    ProfileFields(),
    Captcha(),
    Phrases(),
    SignInExperience(),
    AccountCenter(),
    CUSTOM_CLAIMS,
    ACTIONS,
    Webhooks(),
    Settings(),
)

OF_THE_INSTALLATION = frozenset(
    {
        "resources",
        "roles",
        "organizationPermissions",
        "organizationRoles",
        "applications",
        "organizations",
        "idpInitiatedSignIns",
        "unverifiedClients",
        "customClaims",
        "actions",
    }
)


def kinds() -> tuple[Kind, ...]:
    """Return the kinds that the current tenant's configuration has."""
    if current_tenant_id() != ADMIN_TENANT:
        return ALL_KINDS
    return tuple(kind for kind in ALL_KINDS if kind.section not in OF_THE_INSTALLATION)
