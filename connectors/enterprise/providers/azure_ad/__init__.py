"""Microsoft Entra ID (once Azure AD), by SAML 2.0."""

from connectors.enterprise.provider import Provider, ProviderType, register
from connectors.enterprise.saml.config import FORM_ITEMS, SamlConfig
from connectors.enterprise.saml.protocol import SamlProtocol
from connectors.kinds.guides import read_guide

register(
    Provider(
        name="AzureAD",
        title="Microsoft Entra ID (SAML)",
        type=ProviderType.SAML,
        description="Microsoft Entra ID, once Azure AD, by SAML 2.0.",
        protocol=SamlProtocol(),
        config=SamlConfig,
        form_items=FORM_ITEMS,
        logo="connectors/logos/sso-entra.svg",
        logo_dark="connectors/logos/sso-entra.svg",
        readme=read_guide(__file__),
    )
)
