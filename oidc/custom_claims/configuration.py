"""The tenant's scripts, one for each kind of access token, as they are stored and as they run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from common.sandbox import variables
from tenants.configuration import cached
from tenants.services.script_settings import ScriptSetting, find_script_setting

_SEAL_CONTEXT = "custom_claims.environment_variables"


class TokenKind(Enum):
    """Whose access token it is: a user's or a machine's own. The value is the word in addresses."""

    ACCESS_TOKEN = "access-token"
    CLIENT_CREDENTIALS = "client-credentials"

    @property
    def setting(self) -> ScriptSetting:
        """Where its script is stored."""
        return ScriptSetting(key=_KEYS[self], seal_context=_SEAL_CONTEXT)

    @property
    def model_name(self) -> str:
        """What a script and the audit log know it by."""
        return _MODEL_NAMES[self]


_KEYS = {TokenKind.ACCESS_TOKEN: "jwt.accessToken", TokenKind.CLIENT_CREDENTIALS: "jwt.clientCredentials"}
_MODEL_NAMES = {TokenKind.ACCESS_TOKEN: "AccessToken", TokenKind.CLIENT_CREDENTIALS: "ClientCredentials"}


@dataclass(frozen=True, slots=True)
class Customizer:
    """A script ready to run."""

    script: str
    blocks_on_error: bool
    # They may hold secrets.
    environment_variables: Mapping[str, str] = field(repr=False)


def find_customizer(kind: TokenKind) -> Customizer | None:
    """Return the tenant's script for a kind of token, `None` if there is none; no statement when warm."""

    def load() -> Customizer | None:
        value = find_script_setting(kind.setting)
        if value is None:
            return None
        given = MappingProxyType(dict(value.get(variables.OPEN) or {}))
        return Customizer(value["script"], bool(value.get("blockIssuanceOnError")), given)

    return cached("custom_claims", kind, load)
