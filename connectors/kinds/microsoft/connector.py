"""Sign-in with Microsoft (Entra ID, version 2 of its endpoints)."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.kinds.microsoft.config import PUBLIC_CLOUD
from connectors.oauth.connector import Config
from connectors.oauth.discovery import TENANT_PLACE, AuthorizationServer
from connectors.oauth.openid import OpenIdConnector
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser, SignInRequest

# The tenant of all personal accounts.
_PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class MicrosoftConnector(OpenIdConnector):
    """https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc"""

    def server(self, config: Config) -> AuthorizationServer:
        cloud, tenant = config.get("cloudInstance", PUBLIC_CLOUD).rstrip("/"), config["tenantId"]
        return AuthorizationServer(
            issuer=f"{cloud}/{_tenant_of_issuer(tenant)}/v2.0",
            authorization_endpoint=f"{cloud}/{tenant}/oauth2/v2.0/authorize",
            token_endpoint=f"{cloud}/{tenant}/oauth2/v2.0/token",
            jwks_uri=f"{cloud}/{tenant}/discovery/v2.0/keys",
        )

    def scope(self, config: Config) -> str:
        return super().scope({"scope": config.get("scopes", "")})

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        return {**super().parameters(config, request), "prompt": " ".join(config.get("prompts", []))}

    def user(self, config: Config, claims: Mapping[str, Any]) -> ProviderUser:
        # `sub` is another one for each application; `oid` is the account's id in every API of Microsoft.
        return ProviderUser(
            id=identifier(claims.get("oid") or claims["sub"]),
            email=_verified_email(claims),
            name=text(claims.get("name")),
            raw_data=dict(claims),
        )


def _tenant_of_issuer(tenant: str) -> str:
    """What stands in the issuer's name: of several tenants, or one known by its domain, the user's tenant."""
    if tenant == "consumers":
        return _PERSONAL_TENANT
    return tenant.lower() if _GUID.fullmatch(tenant.lower()) else TENANT_PLACE


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    """An administrator may write any address into an account of theirs: `email` alone says nothing.

    The optional claims `xms_edov` (the domain's owner is verified) and `verified_primary_email` do.
    """
    if claims.get("xms_edov") in (True, "1", "true"):
        return text(claims.get("email"))
    verified = claims.get("verified_primary_email")
    return text(verified[0]) if isinstance(verified, list) and verified else None
