"""The parameters of an authorization request, from a query, a form or a JSON body."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from common.crypto import seal, unseal
from common.oauth.bodies import RESOURCE, is_storable, object_pairs, query_pairs, read_pairs
from common.oauth.errors import invalid_request

# JSON, in a JSON body an object (OpenID Connect Core sections 5.5 and 6.1).
CLAIMS = "claims"
ACR_VALUES = "acr_values"

STANDARD = frozenset(
    {
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "prompt",
        "max_age",
        "login_hint",
        "ui_locales",
        "id_token_hint",
        "code_challenge",
        "code_challenge_method",
        CLAIMS,
        ACR_VALUES,
        "dpop_jkt",
        "request",
        "request_uri",
    }
)
ONE_TIME_TOKEN = "one_time_token"
GOOGLE_CREDENTIAL = "google_one_tap_credential"
EXTRA = frozenset(
    {
        "first_screen",
        "interaction_mode",
        "identifier",
        "direct_sign_in",
        "organization_id",
        ONE_TIME_TOKEN,
        GOOGLE_CREDENTIAL,
    }
)
# Whoever reads one of these can sign in with it, so it is sealed while its request waits.
_CREDENTIALS = frozenset({ONE_TIME_TOKEN, GOOGLE_CREDENTIAL})
_CONTEXT = "oidc.authorization-request.credential"


# No parameter has these names.
_PUSHED_AS = "pushed_as"
JOURNEY = "journey"
# What the audit log says of a request in full; of everything else only that it was there.
_RECORDED = frozenset(
    {
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "prompt",
        "max_age",
        "ui_locales",
        "code_challenge_method",
        CLAIMS,
        ACR_VALUES,
        "first_screen",
        "interaction_mode",
        "identifier",
        "direct_sign_in",
        "organization_id",
    }
)
_LONGEST_RECORDED = 512
_MOST_RECORDED = 10
_MASK = "******"


@dataclass(frozen=True, slots=True)
class Parameters:
    """Known parameters with a value; the others are dropped (RFC 6749 section 3.1).

    `repeated` names those that were sent more than once or not as text; they have no entry in `values`. `pushed_as` is
    the digest of the reference under which the client has pushed them. `journey` is the id of the request with which a
    sign-in journey began that goes on with this one.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    pushed_as: str = ""
    journey: str = ""

    def get(self, name: str) -> str:
        """Return a value, empty if the parameter is not there."""
        return self.values.get(name, "")

    def as_json(self) -> dict[str, Any]:
        """Return the form in which a waiting request keeps them."""
        kept = {name: _sealed(value) if name in _CREDENTIALS else value for name, value in self.values.items()}
        lists = {RESOURCE: list(self.resources)} if self.resources else {}
        ours = {_PUSHED_AS: self.pushed_as, JOURNEY: self.journey}
        return {**kept, **lists, **{name: value for name, value in ours.items() if value}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Parameters":
        """Return what `as_json` stored."""
        values = {
            name: _unsealed(value) if name in _CREDENTIALS else value
            for name, value in stored.items()
            if name not in (RESOURCE, _PUSHED_AS, JOURNEY)
        }
        return cls(
            values,
            tuple(stored.get(RESOURCE, ())),
            pushed_as=stored.get(_PUSHED_AS, ""),
            journey=stored.get(JOURNEY, ""),
        )


def recorded_parameters(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the audit log says of the parameters of `Parameters.as_json`: no secret, nothing about a person."""
    shown: dict[str, Any] = {}
    for name, value in stored.items():
        if name == RESOURCE:
            shown[name] = [resource[:_LONGEST_RECORDED] for resource in value[:_MOST_RECORDED]]
        elif name not in (_PUSHED_AS, JOURNEY):
            shown[name] = value[:_LONGEST_RECORDED] if name in _RECORDED else _MASK
    return shown


def _sealed(value: str) -> str:
    return base64.b64encode(seal(value, context=_CONTEXT)).decode()


def _unsealed(stored: str) -> str:
    return unseal(base64.b64decode(stored), context=_CONTEXT)


def read_parameters(request: HttpRequest) -> Parameters:
    """Return the request's parameters. Raises `invalid_request` for a body or a value that cannot be read."""
    if request.method == "POST":
        return _collect(read_pairs(request))
    # In a query alone, one `resource` may also list several.
    return _collect(
        (name, part)
        for name, value in query_pairs(request)
        for part in (value.split(",") if name == RESOURCE else [value])
    )


def read_object(claims: Mapping[str, Any]) -> Parameters:
    """Return the parameters in the claims of a request object (RFC 9101 section 4). Raises as `read_parameters`."""
    return _collect(object_pairs(claims))


def _collect(pairs: Iterable[tuple[str, Any]]) -> Parameters:
    values: dict[str, str] = {}
    resources: list[str] = []
    repeated: list[str] = []
    for name, value in pairs:
        if value in ("", None) or (name not in STANDARD and name not in EXTRA and name != RESOURCE):
            continue
        if name == CLAIMS and isinstance(value, dict):
            values[name] = json.dumps(value)
        elif not isinstance(value, str) or (name != RESOURCE and (name in values or name in repeated)):
            repeated.append(name)
            values.pop(name, None)
        elif not is_storable(value):
            raise invalid_request(f"invalid character in parameter '{name}'")
        elif name == RESOURCE:
            resources.append(value)
        else:
            values[name] = value
    return Parameters(values, tuple(dict.fromkeys(resources)), tuple(dict.fromkeys(repeated)))
