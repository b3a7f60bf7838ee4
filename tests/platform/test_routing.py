"""The index of addresses answers what Django's resolver does, for the installation and for difficult patterns."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import (
    Resolver404,
    ResolverMatch,
    URLPattern,
    URLResolver,
    get_resolver,
    include,
    path,
    re_path,
    reverse,
)
from django.urls.resolvers import RegexPattern
from django.utils import translation
from django.utils.translation import gettext_lazy

from common.routing import SegmentIndex, load, resolve

_VALUES = ["1", "abc", "a-b", "sign-in", "token", "", "a.b", "ü", "x y", "%2F"]


def _addresses(patterns: list[Any], prefix: str = "/") -> list[str]:
    """An address of each pattern, and some that are nearly one."""
    found: list[str] = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(pattern, URLResolver):
            found += _addresses(pattern.url_patterns, route)
        for value in _VALUES:
            filled = re.sub(r"<[^>]*>|\(.*?\)", value, route)
            found += [filled, f"{filled}/", filled.rstrip("/"), f"{filled}x", f"{filled}/{value}"]
    return found


def _as_told(match: ResolverMatch) -> tuple[Any, ...]:
    return (
        match.func,
        match.args,
        match.kwargs,
        match.url_name,
        match.app_names,
        match.namespaces,
        match.route,
        match.captured_kwargs,  # type: ignore[attr-defined]  # the stubs lack it
        match.extra_kwargs,  # type: ignore[attr-defined]  # and this
    )


def _ask(ask: Any, address: str) -> Any:
    try:
        return _as_told(ask(address))
    except Resolver404:
        return None


def test_every_address_of_the_installation_is_resolved_as_django_does() -> None:
    resolver = get_resolver()
    addresses = dict.fromkeys([*_addresses(resolver.url_patterns), "", "*", "/", "//", "/nowhere", "/api//users"])
    for address in addresses:
        assert _ask(resolve, address) == _ask(resolver.resolve, address), address
    assert sum(_ask(resolve, address) is not None for address in addresses) > 500


def test_a_fixed_address_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve("/oidc/token")

    def fail(*_: Any) -> None:
        raise AssertionError("a pattern was tried")

    monkeypatch.setattr(URLPattern, "resolve", fail)
    for address in ("/oidc/token", "/oidc/jwks", "/api/users", "/healthz", "/sign-in"):
        assert resolve(address)


def _view(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse()


_DIFFICULT: list[Any] = [
    re_path(r"^first/(\d+)/$", _view, name="positional"),
    path("<str:any>", _view, name="any"),
    path("fixed", _view, name="shadowed"),
    path("a/<int:number>", _view, name="number"),
    path("a/<slug:word>", _view, {"extra": 1}, name="word"),
    path("a/x<int:number>y", _view, name="part-of-a-segment"),
    path("a/<uuid:identifier>/b", _view, name="uuid"),
    path("files/<path:rest>", _view, name="rest"),
    path("files/<str:name>/raw", _view, name="never"),
    path("par", include([path("tial", _view, name="partial"), path("tial/<str:x>", _view)])),
    path("<slug:team>/", include(([path("members", _view, name="members")], "team"), namespace="one")),
    path("given/", include([path("<str:x>", _view)]), {"given": True}),
    path("named/", include(([path("deep/", include(([path("x", _view)], "inner")))], "outer"), namespace="two")),
    re_path(r"^re/(?P<word>[a-z]+)/", include([path("<int:number>", _view), re_path(r"^$", _view)])),
    re_path("", _view, name="everything"),
]


@pytest.mark.parametrize("count", range(1, len(_DIFFICULT) + 1))
def test_difficult_patterns_are_resolved_as_django_does(count: int) -> None:
    """Whatever stands last, the order decides."""
    for patterns in (_DIFFICULT[:count], _DIFFICULT[count - 1 :], _DIFFICULT[:count][::-1]):
        resolver = URLResolver(RegexPattern(r"^/"), patterns)
        index = SegmentIndex(resolver)
        uuid = "/a/123e4567-e89b-12d3-a456-426614174000/b"
        for address in dict.fromkeys([*_addresses(_DIFFICULT), "/first/12/", uuid, "/files/a/raw", "/re/abc/7"]):
            assert _ask(index.resolve, address) == _ask(resolver.resolve, address), address


def test_translated_addresses_are_not_kept_in_one_language(settings: Any) -> None:
    patterns = [*i18n_patterns(path("page", _view)), path(gettext_lazy("Email"), _view), path("en/page", _view)]
    resolver = URLResolver(RegexPattern(r"^/"), patterns)
    index = SegmentIndex(resolver)
    for language in ("en", "de"):
        with translation.override(language):
            for address in ("/en/page", "/de/page", "/Email", "/E-Mail", "/E-Mail-Adresse"):
                assert _ask(index.resolve, address) == _ask(resolver.resolve, address), address


def test_names_are_collected_once_for_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django collects the names of all addresses again for each language: the first page in German waited for that."""
    load()

    def fail(_resolver: URLResolver) -> None:
        raise AssertionError("names were collected again")

    monkeypatch.setattr(URLResolver, "_populate", fail)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert reverse("pages:sign-in") == "/sign-in"
            assert reverse("pages:continue", args=["email"]) == "/continue/email"
