"""The tenant's scripts, one for each kind of access token, as they are stored and as they run."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from common.crypto import seal, unseal
from common.shapes import AnyObject
from tenants.configuration import cached
from tenants.services.settings import Setting, get_setting

_SEAL_CONTEXT = "custom_claims.environment_variables"
_SEALED = "sealedEnvironmentVariables"
_OPEN = "environmentVariables"


class TokenKind(Enum):
    """Whose access token it is: a user's or a machine's own. The value is the word in addresses."""

    ACCESS_TOKEN = "access-token"
    CLIENT_CREDENTIALS = "client-credentials"

    @property
    def setting(self) -> Setting:
        """Where its script is stored."""
        return _SETTINGS[self]

    @property
    def model_name(self) -> str:
        """What a script and the audit log know it by."""
        return _MODEL_NAMES[self]


_SETTINGS = {
    TokenKind.ACCESS_TOKEN: Setting(key="jwt.accessToken", shape=AnyObject()),
    TokenKind.CLIENT_CREDENTIALS: Setting(key="jwt.clientCredentials", shape=AnyObject()),
}
_MODEL_NAMES = {TokenKind.ACCESS_TOKEN: "AccessToken", TokenKind.CLIENT_CREDENTIALS: "ClientCredentials"}


@dataclass(frozen=True, slots=True)
class Customizer:
    """A script ready to run."""

    script: str
    blocks_on_error: bool
    # They may hold secrets.
    environment_variables: Mapping[str, str] = field(repr=False)


def sealed(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a script's configuration as it is stored: the environment variables are sealed."""
    stored = {name: item for name, item in value.items() if name != _OPEN}
    if _OPEN in value:
        stored[_SEALED] = base64.b64encode(seal(json.dumps(value[_OPEN]), context=_SEAL_CONTEXT)).decode()
    return stored


def unsealed(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored configuration as it was given."""
    value = {name: item for name, item in stored.items() if name != _SEALED}
    if _SEALED in stored:
        value[_OPEN] = json.loads(unseal(base64.b64decode(stored[_SEALED]), context=_SEAL_CONTEXT))
    return value


def find_customizer(kind: TokenKind) -> Customizer | None:
    """Return the tenant's script for a kind of token, `None` if there is none; no statement when warm."""

    def load() -> Customizer | None:
        stored = get_setting(kind.setting)
        if stored is None:
            return None
        value = unsealed(stored)
        variables = MappingProxyType(dict(value.get(_OPEN) or {}))
        return Customizer(value["script"], bool(value.get("blockIssuanceOnError")), variables)

    return cached("custom_claims", kind, load)
