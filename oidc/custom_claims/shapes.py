"""What a script's configuration and the input of a trial may be."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.shapes import AnyObject, Choice, Flag, Members, Shape, Text, Values
from common.shapes.base import refuse
from oidc.custom_claims.configuration import TokenKind

_SCRIPT = Text(max_length=100_000, required=True)
_VARIABLES = Values(of=Text())


@dataclass(frozen=True, kw_only=True)
class _Audience(Shape):
    """A string, or a list of strings (RFC 7519 section 4.1.3)."""

    def _read(self, value: Any, path: str) -> Any:
        if not all(isinstance(text, str) for text in (value if isinstance(value, list) else [value])):
            raise refuse(path, "invalid", _("Must be a text or a list of texts."))
        return value


_TOKEN = {"jti": Text(), "aud": _Audience(), "scope": Text(), "clientId": Text()}
_USER_TOKEN = {
    **_TOKEN,
    "accountId": Text(),
    "expiresWithSession": Flag(),
    "grantId": Text(),
    "gty": Text(),
    "sessionUid": Text(),
    "sid": Text(),
}
# The made-up token and context that a script is tried out with. An unknown member of a token is refused: a misspelt one
# must not go unnoticed.
_TOKENS = {
    TokenKind.ACCESS_TOKEN: Members({**_USER_TOKEN, "kind": Choice(choices=("AccessToken",))}, is_closed=True),
    TokenKind.CLIENT_CREDENTIALS: Members({**_TOKEN, "kind": Choice(choices=("ClientCredentials",))}, is_closed=True),
}
_CONTEXTS = {
    TokenKind.ACCESS_TOKEN: Members(
        {
            "application": AnyObject(),
            "user": AnyObject(required=True),
            "grant": AnyObject(),
            "interaction": AnyObject(),
            "organization": AnyObject(),
        }
    ),
    TokenKind.CLIENT_CREDENTIALS: Members({"application": AnyObject()}),
}
CONFIGURATIONS = {
    kind: Members(
        {
            "script": _SCRIPT,
            "environmentVariables": _VARIABLES,
            "blockIssuanceOnError": Flag(),
            "contextSample": _CONTEXTS[kind],
            "tokenSample": _TOKENS[kind],
        },
        is_closed=True,
    )
    for kind in TokenKind
}
TRIALS = {
    kind: Members(
        {
            "script": _SCRIPT,
            "environmentVariables": _VARIABLES,
            "token": replace(_TOKENS[kind], required=True),
            "context": replace(_CONTEXTS[kind], required=True),
        }
    )
    for kind in TokenKind
}
