"""Configuration of the providers that speak OpenID Connect, and how the console asks for it."""

from typing import Final

from common.rest.fields import Flag
from connectors.factories import FormItem
from connectors.kinds.oauth_configs import CLIENT_ID, CLIENT_SECRET, ClientConfig, EndpointField

OWN_SCOPE: Final = "openid profile email"


class IssuerConfig(ClientConfig):
    """A client of an identity provider that is known by its issuer."""

    issuer = EndpointField()
    trustUnverifiedEmail = Flag(default=False)


def issuer_item(placeholder: str, description: str) -> FormItem:
    """Return the item for the issuer."""
    return FormItem("issuer", "Issuer", required=True, placeholder=placeholder, description=description)


CLIENT_ITEMS: Final = (CLIENT_ID, CLIENT_SECRET)
SCOPE_ITEM: Final = FormItem(
    "scope",
    "Further scopes",
    placeholder="offline_access",
    description=f"With spaces between them. {OWN_SCOPE} is always asked for.",
    is_advanced=True,
)
TRUST_ITEM: Final = FormItem(
    "trustUnverifiedEmail",
    "Trust unverified email addresses",
    type="Switch",
    default=False,
    description=(
        "Take an address as verified even if the identity provider does not say that it is. "
        "Only if its users cannot enter addresses themselves."
    ),
    is_advanced=True,
)
