"""Which redirect URIs may be registered, and which requested ones match."""

import pytest

from applications.redirect_uris import is_registrable, matches_any


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.com/callback",
        "http://localhost:3000",
        "http://127.0.0.1/callback?x=1",
        "http://[::1]:8080/",
        "https://*.example.com/callback",
        "https://preview-*.example.com/*",
        "https://app.example.com/*/callback",
        "myapp://callback",
        "com.example.app:/callback",
        "io.logto.app+1://callback",
    ],
)
def test_registrable(uri: str) -> None:
    assert is_registrable(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "callback",
        "//app.example.com/callback",
        "https://",
        "https:app.example.com",
        "https://app.example.com/a/../b",
        "https://app.example.com/./b",
        "https://app.example.com/%2e%2E/b",
        "https://user@app.example.com/",
        "https://app.example.com:99999/",
        "https://app.example.com:*/",
        "https://*/",
        "https://localhost*/",
        "https://app.example.com/?next=*",
        "https://app.example.com/#part",
        "https://app.example.com\\@evil.example/",
        "https://app.example.com/ space",
        "https://app.example.com/\n",
        "*://app.example.com/",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "my app://callback",
        "1app://callback",
        "myapp://*",
    ],
)
def test_not_registrable(uri: str) -> None:
    assert not is_registrable(uri)


@pytest.mark.parametrize(
    ("registered", "requested"),
    [
        ("https://app.example.com/cb", "https://APP.example.com:443/cb"),
        ("https://app.example.com", "https://app.example.com/"),
        ("https://*.example.com/cb", "https://one.example.com/cb"),
        ("https://pre-*.example.com/cb", "https://pre-1.example.com/cb"),
        ("https://app.example.com/*", "https://app.example.com/a/b"),
        ("https://app.example.com/a/*/c", "https://app.example.com/a/b/b/c"),
        ("myapp://callback", "MYAPP://callback"),
    ],
)
def test_matching(registered: str, requested: str) -> None:
    assert matches_any([registered], requested)


@pytest.mark.parametrize(
    ("registered", "requested"),
    [
        ("https://app.example.com/cb", "http://app.example.com/cb"),
        ("https://app.example.com/cb", "https://app.example.com:8443/cb"),
        ("https://app.example.com/cb", "https://app.example.com/cb/"),
        ("https://app.example.com/cb", "https://app.example.com/cb?x=1"),
        ("https://app.example.com/cb", "https://app.example.com/cb#x"),
        ("https://app.example.com/cb", "https://app.example.com@evil.example/cb"),
        ("https://app.example.com/cb", "https://evil.example\\@app.example.com/cb"),
        ("https://app.example.com/cb", "https://app.example.com/CB"),
        ("https://*.example.com/cb", "https://one.two.example.com/cb"),
        ("https://*.example.com/cb", "https://.example.com/cb"),
        ("https://*.example.com/cb", "https://example.com/cb"),
        ("https://*.example.com/cb", "https://*.example.com/cb"),
        ("https://*.example.com/cb", "https://evil.example/.example.com/cb"),
        ("https://*.example.com/cb", "https://evil.example#.example.com/cb"),
        ("https://*.com/cb", "https://evil.com/cb"),
        ("https://example.*/cb", "https://example.com/cb"),
        ("https://app.*.com/cb", "https://app.evil.com/cb"),
        ("https://app.example.com/*", "https://app.example.com/../evil"),
        ("https://app.example.com/*", "https://app.example.com/%2e%2e/evil"),
        ("https://app.example.com/cb", "http://127.0.0.1/cb"),
        ("myapp://callback", "myapp://callback/"),
        ("myapp://callback", "myapp://CALLBACK"),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb"),
    ],
)
def test_not_matching(registered: str, requested: str) -> None:
    assert not matches_any([registered], requested)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_any_port_of_the_loopback_address(host: str) -> None:
    assert matches_any([f"http://{host}/cb"], f"http://{host}:51004/cb", any_loopback_port=True)
    assert not matches_any([f"https://{host}/cb"], f"https://{host}:51004/cb", any_loopback_port=True)
    assert not matches_any(["http://127.0.0.1/cb"], "http://localhost:5/cb", any_loopback_port=True)
    assert not matches_any(["http://app.example/cb"], "http://app.example:5/cb", any_loopback_port=True)
