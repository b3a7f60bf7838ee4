"""What a browser says of itself (`User-Agent`), in words: `Chrome on Windows`."""

from django.utils.translation import gettext as _

# In this order: most browsers name those before them too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_LONGEST = 40


def device_name(user_agent: str) -> str:
    """Return the browser and its system; for any other program its own name, the part before the version."""
    if not user_agent:
        return "–"
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    if browser is None:
        return user_agent.split("/")[0].strip()[:_LONGEST] or "–"
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
