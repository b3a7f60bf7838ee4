"""Google Workspace, by OpenID Connect. Everybody with a Google account can sign in there: this looks at whose it is."""

from collections.abc import Mapping
from typing import Any, Final

from common.domains import canonical_domain
from common.email_addresses import email_domain
from common.errors import AppError
from common.rest.fields import Flag
from connectors.enterprise.openid.config import CLIENT_ITEMS, SCOPE_ITEM
from connectors.enterprise.openid.protocol import EnterpriseOpenId, OpenIdProtocol
from connectors.enterprise.provider import Provider, ProviderType, SsoConnection, register
from connectors.factories import FormItem
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig
from connectors.provider_sign_in import ProviderUser, SignInRequest

ISSUER: Final = "https://accounts.google.com"


class GoogleWorkspaceConfig(ClientConfig):
    """A client of a Google Cloud project."""

    trustUnverifiedEmail = Flag(default=False)
    offlineAccess = Flag(default=False)


class GoogleWorkspace(EnterpriseOpenId):
    """The standard flow, with the accounts of an organization alone."""

    def issuer(self, config: Mapping[str, Any]) -> str:
        """Return Google's issuer."""
        return ISSUER

    def parameters(self, config: Mapping[str, Any], request: SignInRequest) -> dict[str, str]:
        """Let users choose among their accounts; ask for a refresh token if tokens are used while they are away."""
        offline = {"access_type": "offline"} if config.get("offlineAccess") else {}
        return super().parameters(config, request) | {"prompt": "select_account"} | offline

    def check_user(self, connection: SsoConnection, user: ProviderUser) -> None:
        """Refuse accounts of no organization, and of another one than the connector's domains say.

        A private account may have an address of the enterprise that somebody verified long ago; `hd` (hosted domain)
        alone says that the enterprise manages the account. It is the organization's first domain, the address may
        be in another of its own.
        """
        hosted = user.raw_data.get("hd")
        if not isinstance(hosted, str) or not hosted:
            raise AppError("connector.authorization_failed", data={"error": "not_of_the_enterprise"})
        of_user = {canonical_domain(hosted), email_domain(user.email or "")}
        if connection.domains and not connection.domains & of_user:
            raise AppError("connector.authorization_failed", data={"error": "not_of_the_enterprise"})


register(
    Provider(
        name="GoogleWorkspace",
        title="Google Workspace",
        type=ProviderType.OIDC,
        description="Google accounts that an organization manages.",
        protocol=OpenIdProtocol(GoogleWorkspace()),
        config=GoogleWorkspaceConfig,
        form_items=(
            *CLIENT_ITEMS,
            FormItem(
                "offlineAccess",
                "Offline access",
                type="Switch",
                default=False,
                description="Ask for a refresh token, so that stored tokens can be renewed while the user is away.",
                is_advanced=True,
            ),
            SCOPE_ITEM,
        ),
        logo="connectors/logos/sso-google.svg",
        logo_dark="connectors/logos/sso-google.svg",
        readme=read_guide(__file__),
    )
)
