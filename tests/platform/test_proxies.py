"""Of what proxies say, the entry of the outermost trusted one counts, in all three headers alike."""

from typing import Any

import pytest
from django.test import Client

from common.proxies import apply_forwarded_headers
from tenants.models import Tenant

CONNECTION = {"REMOTE_ADDR": "10.0.0.2", "HTTP_HOST": "gatehouse:8000", "wsgi.url_scheme": "http"}


def _apply(settings: Any, *, proxies: int, **headers: str) -> tuple[str, str, str]:
    settings.TRUST_PROXY_HEADERS, settings.TRUSTED_PROXIES = proxies > 0, max(proxies, 1)
    environ = {**CONNECTION, **{f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}}
    apply_forwarded_headers(environ)
    return environ["REMOTE_ADDR"], environ["HTTP_HOST"], environ["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("proxies", "sent", "expected"),
    [
        (0, {"for": "198.51.100.7", "host": "id.example.com", "proto": "https"}, tuple(CONNECTION.values())),
        (1, {}, tuple(CONNECTION.values())),
        (1, {"for": "", "host": " ", "proto": ","}, tuple(CONNECTION.values())),
        (
            1,
            {"for": "198.51.100.7", "host": "id.example.com", "proto": "https"},
            ("198.51.100.7", "id.example.com", "https"),
        ),
        (
            1,
            {"for": "203.0.113.66, 198.51.100.7", "host": "evil.example, id.example.com", "proto": "http, https"},
            ("198.51.100.7", "id.example.com", "https"),
        ),
        (
            2,
            {
                "for": "203.0.113.66, 198.51.100.7, 10.0.0.1",
                "host": "evil.example,id.example.com,inner:8080",
                "proto": "http,https,http",
            },
            ("198.51.100.7", "id.example.com", "https"),
        ),
        (
            2,
            {"for": "198.51.100.7, 10.0.0.1", "host": "id.example.com", "proto": "HTTPS"},
            ("198.51.100.7", "id.example.com", "https"),
        ),
        (1, {"for": "203.0.113.66, 198.51.100.7:4711"}, ("198.51.100.7", "gatehouse:8000", "http")),
        (1, {"for": "203.0.113.66, [2001:db8::7]:4711"}, ("2001:db8::7", "gatehouse:8000", "http")),
        (1, {"for": "203.0.113.66,2001:db8::7"}, ("2001:db8::7", "gatehouse:8000", "http")),
        (1, {"proto": "https, javascript"}, tuple(CONNECTION.values())),
    ],
)
def test_the_outermost_trusted_proxy_counts(
    settings: Any, proxies: int, sent: dict[str, str], expected: tuple[str, str, str]
) -> None:
    """Of `X-Forwarded-Proto` the caller's own entry was taken, and two hosts were a bad request everywhere."""
    assert _apply(settings, proxies=proxies, **sent) == expected


@pytest.mark.django_db
def test_a_list_of_hosts_is_answered(tenants: dict[str, Tenant], settings: Any) -> None:
    settings.TRUST_PROXY_HEADERS, settings.BASE_URL = True, "https://id.example.com"
    headers = {"x-forwarded-host": "evil.example, id.example.com", "x-forwarded-proto": "http, https"}
    answer = Client(HTTP_HOST="gatehouse:8000").get("/oidc/.well-known/openid-configuration", headers=headers)
    assert answer.json()["issuer"] == "https://id.example.com/oidc"
