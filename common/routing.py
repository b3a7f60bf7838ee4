"""Address to view by path segments: an index over Django's own URL patterns, built once.

Django tries its patterns one by one. The index names the few that an address can match, in Django's order, and leaves
the matching to the patterns themselves; a fixed address costs one look-up. Names, `reverse`, converters and namespaces
stay Django's. What is no plain `path()` (a regular expression, `<path:…>`) is tried for every address below the
segments it begins with, and an `include` with parameters is left to Django's resolver.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, cast

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from django.urls.resolvers import RoutePattern
from django.utils.translation import get_language, override

# Their values hold no slash.
_CONVERTERS_OF_A_SEGMENT = frozenset({IntConverter, SlugConverter, StringConverter, UUIDConverter})
_PARAMETER = re.compile("<(?:[^>:]+:)?([^>]+)>")

_Resolve = Callable[[str], ResolverMatch | None]
# Its place in Django's order, and itself.
_Candidate = tuple[int, _Resolve]


class _Node:
    """The patterns below the segments that lead here."""

    def __init__(self) -> None:
        self._literals: dict[str, _Node] = {}
        self._parameter: _Node | None = None
        self.ending_here: list[_Candidate] = []
        self.everything_below: list[_Candidate] = []

    def child(self, segment: str) -> _Node:
        if "<" not in segment:
            return self._literals.setdefault(segment, _Node())
        self._parameter = self._parameter or _Node()
        return self._parameter

    def candidates(self, segments: list[str], depth: int = 0) -> Iterator[_Candidate]:
        yield from self.everything_below
        if depth == len(segments):
            yield from self.ending_here
            return
        if (literal := self._literals.get(segments[depth])) is not None:
            yield from literal.candidates(segments, depth + 1)
        if self._parameter is not None:
            yield from self._parameter.candidates(segments, depth + 1)


class SegmentIndex:
    """Resolves as the resolver that it is made of does."""

    def __init__(self, resolver: URLResolver) -> None:
        self._root = _Node()
        self._count = 0
        fixed: list[str] = []
        self.is_translated = False
        self._add(resolver.url_patterns, (), fixed)
        # What stands before a fixed address may match it too, in every language or in one.
        self._fixed = {} if self.is_translated else {address: resolver.resolve(address) for address in fixed}

    def _add(self, patterns: list[Any], parents: tuple[URLResolver, ...], fixed: list[str]) -> None:
        prefix = "".join(str(parent.pattern) for parent in parents)
        for pattern in patterns:
            self.is_translated |= _is_translated(pattern)
            if _is_bare(pattern):
                self._add(pattern.url_patterns, (*parents, pattern), fixed)
                continue
            self._count += 1
            start, is_whole = _indexable_start(pattern)
            if isinstance(pattern, URLPattern) and is_whole:
                self._node(f"{prefix}{start}/").ending_here.append((self._count, _as_django_resolves(pattern, parents)))
                if not pattern.pattern.converters:
                    fixed.append(f"/{prefix}{start}")
            else:
                self._node(prefix + start).everything_below.append((self._count, _as_django_resolves(pattern, parents)))

    def _node(self, start: str) -> _Node:
        """The node of the whole segments of `start`: what follows its last slash is left out."""
        node = self._root
        for segment in start.split("/")[:-1]:
            node = node.child(segment)
        return node

    def resolve(self, path: str) -> ResolverMatch:
        """Return the match of a path; raises `Resolver404`. A fixed address has one match, which nobody may change."""
        if (known := self._fixed.get(path)) is not None:
            return known
        rest = path[1:]
        candidates = self._root.candidates(rest.split("/")) if path.startswith("/") else ()
        for _place, resolve in sorted(candidates, key=itemgetter(0)):
            if (match := resolve(rest)) is not None:
                return match
        raise Resolver404({"path": rest})


def _is_translated(pattern: URLPattern | URLResolver) -> bool:
    """Whether the pattern depends on the language in force."""
    inner = pattern.pattern
    return not isinstance(getattr(inner, "_route", getattr(inner, "_regex", None)), str)


def _is_bare(pattern: URLPattern | URLResolver) -> bool:
    """Whether an `include` is no more than a fixed prefix."""
    is_plain = type(pattern) is URLResolver and type(pattern.pattern) is RoutePattern and not _is_translated(pattern)
    return is_plain and not pattern.pattern.converters and not cast(URLResolver, pattern).default_kwargs


def _indexable_start(pattern: URLPattern | URLResolver) -> tuple[str, bool]:
    """The beginning of a route that can be indexed, and whether that is the whole of it."""
    inner = pattern.pattern
    if type(inner) is not RoutePattern or _is_translated(pattern):
        return "", False
    route = str(inner)
    for parameter in _PARAMETER.finditer(route):
        if type(inner.converters[parameter[1]]) not in _CONVERTERS_OF_A_SEGMENT:
            return route[: parameter.start()], False
    return route, type(pattern) is URLPattern


def _as_django_resolves(pattern: URLPattern | URLResolver, parents: tuple[URLResolver, ...]) -> _Resolve:
    """What Django does when it comes to this pattern below these bare parents."""
    prefix = "".join(str(parent.pattern) for parent in parents)
    app_names = [parent.app_name for parent in parents]
    namespaces = [parent.namespace for parent in parents]
    resolvers = (*parents, pattern) if isinstance(pattern, URLResolver) else parents
    join: Callable[[str, str], str] = URLResolver._join_route  # type: ignore[attr-defined]  # the stubs lack it

    def resolve(path: str) -> ResolverMatch | None:
        found: Any
        if not path.startswith(prefix):
            return None
        try:
            found = pattern.resolve(path[len(prefix) :])
        except Resolver404:
            return None
        if found is None:
            return None
        route = found.route
        for above in reversed(resolvers):
            route = join(str(above.pattern), route)
        return ResolverMatch(
            found.func,
            found.args,
            found.kwargs,
            found.url_name,
            [*app_names, *found.app_names],
            [*namespaces, *found.namespaces],
            route,
            captured_kwargs=found.captured_kwargs,
            extra_kwargs=found.extra_kwargs,
        )

    return resolve


@functools.cache
def _index_of(urlconf: str) -> SegmentIndex:
    return SegmentIndex(get_resolver(urlconf))


def load() -> None:
    """Import every view, build the index and collect the names, so that no request waits for it."""
    resolver = get_resolver()
    with override(settings.LANGUAGE_CODE):
        language, _names = get_language(), resolver.reverse_dict
    if language and not _index_of(settings.ROOT_URLCONF).is_translated:
        _share_names(resolver, language)


def _share_names(resolver: Any, language: str) -> None:
    """Give every language the names of one: Django would collect them for each of them, in the first page's time."""
    codes = [code for code, _name in settings.LANGUAGES]
    for names in (resolver._reverse_dict, resolver._namespace_dict, resolver._app_dict):
        names.update(dict.fromkeys(codes, names[language]))
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            _share_names(pattern, language)


def resolve(path: str) -> ResolverMatch:
    """Return the match of a path among the installation's addresses; raises `Resolver404`."""
    try:
        return _index_of(settings.ROOT_URLCONF).resolve(path)
    except Resolver404:
        if not settings.DEBUG:
            raise
        # The page that developers see lists what was tried.
        return get_resolver().resolve(path)
