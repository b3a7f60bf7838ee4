"""What a `User-Agent` names."""

import pytest

from events.user_agents import parse_user_agent

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/120.0.6099.1 Safari/537.36 Edg/120.0.2210.91",
            {
                "browser": {"name": "Edge", "version": "120.0.2210", "major": "120"},
                "os": {"name": "Windows", "version": "10"},
            },
        ),
        (
            f"Mozilla/5.0 (Linux; Android 13; Pixel 7) {_WEBKIT} Chrome/116.0.0.0 Mobile Safari/537.36",
            {
                "browser": {"name": "Chrome Mobile", "version": "116.0.0", "major": "116"},
                "os": {"name": "Android", "version": "13"},
                "device": {"model": "Pixel 7", "vendor": "Google"},
            },
        ),
        (
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            {"browser": {"name": "Googlebot", "version": "2.1", "major": "2", "type": "crawler"}},
        ),
        ("curl/8.1.2", {"browser": {"name": "curl", "version": "8.1.2", "major": "8"}}),
        # A maker that is not known is left out.
        ("Mozilla/5.0 (Linux; U; Android ", {"os": {"name": "Android"}, "device": {"model": "Smartphone"}}),
        ("our-service", {}),
        ("Mozilla/5.0 (" * 39, {}),
    ],
)
def test_what_is_known_is_told(user_agent: str, told: dict[str, dict[str, str]]) -> None:
    assert parse_user_agent(user_agent) == {"ua": user_agent, **told}
