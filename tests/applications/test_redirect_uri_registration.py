"""Redirect URIs that cannot be registered."""

import pytest

from applications.redirect_uri_registration import validate_redirect_uris
from common.errors import AppError


def test_every_bad_line_is_named_with_its_reason() -> None:
    """Of three bad lines only the first was named, without a reason; `localhost:3000/callback` was once accepted."""
    uris = [
        "https://ok.example/cb",
        "localhost:3000/callback",
        "shop.example/cb",
        "https://ok.example/cb#part",
        "javascript:alert(1)",
        "https://*.co.uk/cb",
    ]
    with pytest.raises(AppError) as failure:
        validate_redirect_uris(uris, path="oidcClientMetadata.redirectUris")
    assert failure.value.code == "guard.invalid_input"
    issues = {issue["path"].rpartition(".")[2]: issue["message"] for issue in failure.value.data["issues"]}
    assert {place: message.split()[:4] for place, message in issues.items()} == {
        "1": ["A", "redirect", "URI", "is"],
        "2": ["A", "redirect", "URI", "is"],
        "3": ["A", "redirect", "URI", "has"],
        "4": ["The", "scheme", "javascript:", "cannot"],
        "5": ["A", "*", "stands", "in"],
    }
