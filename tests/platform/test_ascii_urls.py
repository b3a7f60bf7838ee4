"""URLs as they go into a header."""

import pytest

from common.ascii_urls import to_ascii_url


@pytest.mark.parametrize(
    ("url", "on_the_wire"),
    [
        ("https://app.example.com/cb?x=%e9#y", "https://app.example.com/cb?x=%e9#y"),
        ("https://\u0433\u0440\u0430\u043d\u0442.\u0440\u0444/cb", "https://xn--80af5akm.xn--p1ai/cb"),
        ("HTTPS://B\u00dcCHER.example:8443", "HTTPS://xn--bcher-kva.example:8443"),
        ("https://app.example/\u30b3?q=\u00e9#\u00fc", "https://app.example/%E3%82%B3?q=%C3%A9#%C3%BC"),
        ("http://[::1]:3000/\u00e9", "http://[::1]:3000/%C3%A9"),
        ("myapp://\u00e9/\u00e9", "myapp://%C3%A9/%C3%A9"),
        ("/sign-in?a=\u00e9", "/sign-in?a=%C3%A9"),
        ("https://cro\u00df.example/", "https://xn--cro-7ka.example/"),
    ],
)
def test_a_url_on_the_wire(url: str, on_the_wire: str) -> None:
    """`Location: =?utf-8?b?…?=` is what Django makes of anything else: an encoded word, which no browser reads."""
    assert to_ascii_url(url) == on_the_wire
