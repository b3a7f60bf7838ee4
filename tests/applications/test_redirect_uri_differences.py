"""Where a redirect URI differs from the registered one."""

import pytest

from applications.redirect_uri_differences import Component, Difference, first_difference

REGISTERED = "https://app.example/auth/callback?tenant=one"


@pytest.mark.parametrize(
    ("given", "component", "wanted", "found"),
    [
        ("http://app.example/auth/callback?tenant=one", "scheme", "https", "http"),
        ("https://www.app.example/auth/callback?tenant=one", "host", "app.example", "www.app.example"),
        ("https://app.example:8443/auth/callback?tenant=one", "port", "443", "8443"),
        ("https://app.example/auth/callbak?tenant=one", "path", "/auth/callback", "/auth/callbak"),
        ("https://app.example/auth/callback/?tenant=one", "trailing slash", "/auth/callback", "/auth/callback/"),
        ("https://app.example/Auth/callback?tenant=one", "upper and lower case", "/auth/callback", "/Auth/callback"),
        ("https://app.example/auth%2Fcallback?tenant=one", "percent-encoding", "/auth/callback", "/auth%2Fcallback"),
        ("https://app.example/auth/callback", "query", "tenant=one", ""),
        ("https://app.example/auth/callback?tenant=one#x", "fragment", "", "x"),
        # The first one counts.
        ("http://other.example/", "scheme", "https", "http"),
    ],
)
def test_the_first_component_that_differs(given: str, component: str, wanted: str, found: str) -> None:
    assert first_difference(REGISTERED, given) == Difference(Component(component), wanted, found)


def test_what_is_the_same_differs_nowhere() -> None:
    assert first_difference(REGISTERED, REGISTERED) is None


@pytest.mark.parametrize(
    ("registered", "given", "component"),
    [
        (REGISTERED, f" {REGISTERED}", Component.WHITE_SPACE),
        (REGISTERED, "https://app.example:port/", Component.SYNTAX),
        (REGISTERED, "https://[app.example/", Component.SYNTAX),
        ("https://app.example/?a=b%20c", "https://app.example/?a=b+c", Component.ENCODING),
        # A client with a metadata document is compared as it is written.
        ("https://app.example/", "https://APP.example/", Component.CASE),
        ("https://xn--80af5akm.example/", "https://грант.example/", Component.ENCODING),
        ("shop://callback", "shop://calback", Component.HOST),
        ("com.example.shop:/callback", "com.example.shop:/callback/", Component.TRAILING_SLASH),
    ],
)
def test_differences_that_are_no_component_of_their_own(registered: str, given: str, component: Component) -> None:
    difference = first_difference(registered, given)
    assert difference is not None
    assert difference.component == component


def test_a_pattern_matches_what_it_stands_for() -> None:
    """The host is one that the pattern admits, so the path is what differs."""
    difference = first_difference("https://*.app.example/callback", "https://eu.app.example/callbak")
    assert difference == Difference(Component.PATH, "/callback", "/callbak")
