"""The frame of the endpoints that a browser visits: no cross-origin access, failures in the OAuth form."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

from common.oauth.rendering import oauth_endpoint
from oidc.wire.machine_endpoint import unknown_route

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def browser_endpoint(*methods: str) -> Callable[[View[P]], View[P]]:
    """Serve a view for exactly these methods; a HEAD would use up what only a visit may use."""

    def decorate(view: View[P]) -> View[P]:
        answered = oauth_endpoint(view)

        @functools.wraps(view)
        def served(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                return unknown_route(request)
            return answered(request, *args, **kwargs)

        return served  # type: ignore[return-value]  # Django passes the request by position

    return decorate
