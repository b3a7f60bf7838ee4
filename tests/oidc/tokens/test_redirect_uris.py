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
        "com.googleusercontent.apps.123-abc:/oauth2redirect",
        "my-app://callback",
        "https://*.example.co.uk/cb",
        "https://pr-*.previews.acme.vercel.app/cb",
        "https://\u0433\u0440\u0430\u043d\u0442.\u0440\u0444/cb",
        "https://app.example.com/\u30b3\u30fc\u30eb\u30d0\u30c3\u30af",
        "https://app.example.com/a..b/..c/d..",
        "https://app.example.com/a;b/c%2Fd",
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
        # What the system opens, not an application of ours.
        "ms-msdt:/id PCWDiagnostic",
        "ms-msdt://id",
        "ms-word:ofe|u|https://evil.example/a.docm",
        "search-ms:query=x",
        "search-ms://query=x",
        "intent://evil.example/#Intent;end",
        "intent://evil.example/",
        "smb://evil.example/share",
        "tel:+123",
        "mailto:a@example.com",
        "shell:startup",
        "vbscript:x",
        "view-source:https://app.example.com/",
        "web+app://callback",
        "x-apple.systempreferences:com.apple",
        "iris.beep://evil.example",
        "myapp:callback",
        "localhost:3000/callback",
        # Below these, anybody can have a name.
        "https://*.com/cb",
        "https://*.co.uk/cb",
        "https://shop-*.co.uk/cb",
        "https://app.*.co.uk/cb",
        "https://*.vercel.app/cb",
        "https://*.xn--p1ai/cb",
        "https://*.\u0440\u0444/cb",
        "https://*.0.0.1/cb",
        "https://\u00e9-*.example.com/cb",
        # What one server calls a name, another calls the folder above.
        "https://app.example.com/..%2fcb",
        "https://app.example.com/a/%5c../cb",
        "https://app.example.com/..;/cb",
        "https://app.example.com/..;v=1/cb",
        "https://app.example.com/%252e%252e/cb",
        "https://app.example.com/%25252525252e%25252525252e/cb",
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
        ("https://app.example.com/\u00e9", "https://app.example.com/%C3%A9"),
        ("https://app.example.com/%c3%a9", "https://app.example.com/\u00e9"),
        ("https://app.example.com/cb?q=\u00e9", "https://app.example.com/cb?q=%C3%A9"),
        ("https://app.example.com/\u00e9/*", "https://app.example.com/%C3%A9/b"),
        ("https://app.example.com/{x}", "https://app.example.com/%7Bx%7D"),
        ("https://\u0433\u0440\u0430\u043d\u0442.\u0440\u0444/cb", "https://xn--80af5akm.xn--p1ai/cb"),
        ("https://*.\u0433\u0440\u0430\u043d\u0442.\u0440\u0444/cb", "https://a.xn--80af5akm.xn--p1ai/cb"),
        ("myapp://\u00e9", "myapp://%C3%A9"),
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
        ("https://*.co.uk/cb", "https://evil.co.uk/cb"),
        ("https://shop-*.vercel.app/cb", "https://shop-evil.vercel.app/cb"),
        ("https://*.0.0.1/cb", "https://127.0.0.1/cb"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/..%2fevil"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/%2e%2e%2Fevil"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/%5c..%5cevil"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/a%5c../evil"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/..;/evil"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/..;a=b/evil"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/%2e%2e%3b/evil"),
        ("https://app.example.com/cb/*", "https://app.example.com/cb/%252e%252e%252fevil"),
        ("https://app.example.com/\u00e9", "https://app.example.com/e"),
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
