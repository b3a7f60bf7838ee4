"""Okta, by OpenID Connect."""

from connectors.enterprise.openid.config import CLIENT_ITEMS, SCOPE_ITEM, TRUST_ITEM, IssuerConfig, issuer_item
from connectors.enterprise.openid.protocol import EnterpriseOpenId, OpenIdProtocol
from connectors.enterprise.provider import Provider, ProviderType, register
from connectors.kinds.guides import read_guide

register(
    Provider(
        name="Okta",
        title="Okta",
        type=ProviderType.OIDC,
        description="Okta, by OpenID Connect.",
        protocol=OpenIdProtocol(EnterpriseOpenId()),
        config=IssuerConfig,
        form_items=(
            issuer_item("https://your-company.okta.com", "The address of the Okta organization."),
            *CLIENT_ITEMS,
            SCOPE_ITEM,
            TRUST_ITEM,
        ),
        logo="connectors/logos/sso-okta.svg",
        logo_dark="connectors/logos/sso-okta-dark.svg",
        readme=read_guide(__file__),
    )
)
