"""Addresses that a browser shows or follows may lead into an intranet: nothing is fetched from here."""

import pytest

from common.web_addresses import is_web_address


@pytest.mark.parametrize(
    "address",
    [
        "http://minio:9000/logo.png",
        "https://intranet/avatars/alice.jpg",
        "https://10.0.0.7/a.png",
        "http://[fd00::7]:8080/",
        "https://cdn.example.com/a?b=c#d",
        "https://bücher.example/",
    ],
)
def test_any_host_of_the_web_is_taken(address: str) -> None:
    """`http://minio:9000/logo.png` was refused as a logo: the host has no dot."""
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/relative",
        "//example.com/",
        "javascript:alert(1)",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "https://user:secret@example.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com/a b",
        'https://example.com/"onload=',
        "https://example.com/\n",
        "https://example.com/\ud800",
        "https://example.com/?a=\udfff",
        "https://example.com\\@evil.example/",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_nothing_else_is(address: str) -> None:
    assert not is_web_address(address)
