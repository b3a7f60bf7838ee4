"""Claims that a request asks for by name (OpenID Connect Core section 5.5), and the form in which tokens keep them."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from common.oauth.errors import invalid_request
from oidc.claims.scope_claims import CLAIMS

_KNOWN = frozenset(CLAIMS)


class RequestedClaims(NamedTuple):
    """The names of known claims, by the place in which the client wants them."""

    id_token: tuple[str, ...] = ()
    userinfo: tuple[str, ...] = ()

    def dumped(self) -> str:
        """Return what codes and tokens keep, empty for nothing."""
        return json.dumps(self._asdict()) if any(self) else ""

    def with_id_token(self, name: str) -> Self:
        """Return the same with another claim in the ID token."""
        return self if name in self.id_token else self._replace(id_token=(*self.id_token, name))

    @classmethod
    def loaded(cls, kept: str) -> Self:
        """Return what `dumped` gave."""
        return cls(**{place: tuple(names) for place, names in json.loads(kept).items()}) if kept else cls()


class RequestedAcr(NamedTuple):
    """Authentication contexts in the client's order of preference; one of them must hold if `is_essential`."""

    values: tuple[str, ...]
    is_essential: bool


class ClaimsRequest(NamedTuple):
    """The parameter `claims`: by place, each claim's name and what is asked of it (`null` on the wire is empty)."""

    id_token: Mapping[str, Mapping[str, Any]]
    userinfo: Mapping[str, Mapping[str, Any]]

    @property
    def names(self) -> RequestedClaims:
        """What is known of it; a claim that is not is none of the provider's (section 5.5.1)."""
        places = (tuple(name for name in place if name in _KNOWN and name != "sub") for place in self)
        return RequestedClaims(*places)

    @property
    def subject(self) -> str | None:
        """The user that the ID token has to be about, if the client names one (section 3.1.2.2)."""
        value = self.id_token.get("sub", {}).get("value")
        return value if isinstance(value, str) else None

    @property
    def acr(self) -> "RequestedAcr | None":
        """The authentication contexts that the client names, `None` if any will do (section 5.5.1.1)."""
        wanted = self.id_token.get("acr", {})
        values = wanted.get("values", [wanted["value"]] if "value" in wanted else None)
        if not isinstance(values, list):
            return None
        return RequestedAcr(tuple(value for value in values if isinstance(value, str)), wanted.get("essential") is True)


def _place(content: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any]]:
    place = content.get(name)
    if place is None:
        return {}
    if not isinstance(place, Mapping) or not all(item is None or isinstance(item, Mapping) for item in place.values()):
        raise invalid_request(f"invalid '{name}' in claims parameter")
    return {claim: item or {} for claim, item in place.items()}


def read_claims_request(text: str) -> ClaimsRequest:
    """Return the parameter's content; raises `invalid_request` for what is none."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid_request("could not parse the claims parameter JSON") from error
    if not isinstance(content, Mapping):
        raise invalid_request("claims parameter should be a JSON object")
    return ClaimsRequest(_place(content, "id_token"), _place(content, "userinfo"))
