"""Signing in at another provider at once, because the application names it (`direct_sign_in`)."""

from typing import Protocol

from oidc.models import AuthorizationRequest


class DirectSignIn(Protocol):
    """A kind of provider at which users sign in: social ones by their target, enterprise ones by their connector."""

    def find_location(self, pending: AuthorizationRequest, *, target: str) -> str | None:
        """Return the URL at which the user signs in for this request; `None` for a target that is not set up."""
        ...


_ways: dict[str, DirectSignIn] = {}


def register_direct_sign_in(method: str, way: DirectSignIn) -> None:
    """Let `method` of `direct_sign_in` (`social`, `sso`) lead to these providers."""
    _ways[method] = way


def find_direct_location(pending: AuthorizationRequest, *, method: str, target: str) -> str | None:
    """Return the URL at which the user signs in with the target; `None` if it is unknown: there is another page."""
    way = _ways.get(method)
    return way.find_location(pending, target=target) if way and target else None
