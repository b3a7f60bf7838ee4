"""The frame of the endpoints that a browser visits: no cross-origin access, failures in the OAuth form."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

from oidc.wire.error_page import render_refusal
from oidc.wire.machine_endpoint import unknown_route

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def browser_endpoint(*methods: str) -> Callable[[View[P]], View[P]]:
    """Serve a view for exactly these methods; a HEAD would use up what only a visit may use."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def served(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                return unknown_route(request)
            try:
                return view(request, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the edge of the room: whatever happened is rendered
                return render_refusal(request, error)

        return served  # type: ignore[return-value]  # Django passes the request by position

    return decorate
