"""Microsoft Entra ID (once Azure AD), by OpenID Connect."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from common.email_addresses import email_domain
from common.errors import AppError
from connectors.enterprise.openid.config import CLIENT_ITEMS, SCOPE_ITEM, TRUST_ITEM, IssuerConfig, issuer_item
from connectors.enterprise.openid.protocol import EnterpriseOpenId, OpenIdProtocol
from connectors.enterprise.provider import Provider, ProviderType, SsoConnection, register
from connectors.kinds.guides import read_guide
from connectors.oauth.profiles import text
from connectors.provider_sign_in import ProviderUser

_SHARED_ISSUERS = ("/common/v2.0", "/organizations/v2.0", "/consumers/v2.0")
# Entra writes the optional claim as any of these.
_YES = (True, 1, "1", "true")


class EntraOpenId(EnterpriseOpenId):
    """The standard flow, with Entra's own claim about addresses.

    An administrator of any Entra tenant can write any address into an account. Entra says with `xms_edov` (email domain
    owner verified) if the tenant owns the address's domain.
    """

    # What Entra says of an address, it says of the one in the ID token.
    uses_userinfo = False

    def user(self, config: Mapping[str, Any], claims: Mapping[str, Any]) -> ProviderUser:
        """Return the user; an address that is not verified is kept in the raw data under a name that says so."""
        trusts = config.get("trustUnverifiedEmail") or claims.get("xms_edov") in _YES
        user = super().user({**config, "trustUnverifiedEmail": trusts}, claims)
        address = text(claims.get("email"))
        if user.email is None and address:
            return replace(user, raw_data={**user.raw_data, "unverifiedEmail": address})
        return user

    def check_user(self, connection: SsoConnection, user: ProviderUser) -> None:
        """Refuse users of other enterprises if the issuer is that of all of them."""
        is_shared = str(connection.config["issuer"]).removesuffix("/").endswith(_SHARED_ISSUERS)
        if is_shared and connection.domains and email_domain(user.email or "") not in connection.domains:
            raise AppError("connector.authorization_failed", data={"error": "not_of_the_enterprise"})


register(
    Provider(
        name="AzureAdOidc",
        title="Microsoft Entra ID (OIDC)",
        type=ProviderType.OIDC,
        description="Microsoft Entra ID, once Azure AD, by OpenID Connect.",
        protocol=OpenIdProtocol(EntraOpenId()),
        config=IssuerConfig,
        form_items=(
            issuer_item(
                "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0",
                "With the directory (tenant) ID of the enterprise.",
            ),
            *CLIENT_ITEMS,
            SCOPE_ITEM,
            TRUST_ITEM,
        ),
        logo="connectors/logos/sso-entra.svg",
        logo_dark="connectors/logos/sso-entra.svg",
        readme=read_guide(__file__),
    )
)
