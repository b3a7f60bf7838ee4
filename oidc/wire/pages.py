"""Pages with one form that the browser sends by itself; without JavaScript the user presses its button."""

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from oidc.wire.appearance import Appearance, current_appearance
from oidc.wire.languages import page_language

_SCRIPT = "document.forms[0].submit()"
_SCRIPT_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_STYLE = (
    # The quiet half of the hosted pages' look; the tenant's colors are put before it.
    ":root{color-scheme:light dark;--ground:#f5f6f8;--surface:#fff;--ink:#15171c;--muted:#5a6070;--line:#e3e5eb}"
    "@media(prefers-color-scheme:dark){:root{--ground:#0e0f13;--surface:#181a20;--ink:#f1f2f6;--muted:#a5abba;"
    "--line:#2b2e38}}*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
    "color:var(--ink);background:var(--surface)}"
    "main{max-width:27rem;margin:0 auto;padding:2rem 1.5rem}"
    "h1{margin:0;font-size:1.625rem;line-height:1.25;font-weight:650;letter-spacing:-.02em}"
    "code{font:.8125rem ui-monospace,Menlo,Consolas,monospace;user-select:all}"
    "img{display:block;max-width:100%;max-height:3rem;margin:0 0 1.25rem}a{color:inherit}main{overflow-wrap:anywhere}"
    "form{display:grid;gap:.75rem;margin:1.5rem 0 0}p{margin:.5rem 0 0;color:var(--muted)}"
    "button{font:inherit;font-weight:600;min-height:3rem;padding:.5rem 1.5rem;cursor:pointer;"
    "border:1px solid var(--accent,var(--ink));border-radius:.75rem;"
    "color:var(--on-accent,var(--surface));background:var(--accent,var(--ink))}"
    "button+button{color:var(--ink);background:none;border-color:var(--line)}"
    ":focus-visible{outline:2px solid var(--ink);outline-offset:2px}"
    "@media(min-width:36rem){body{display:grid;place-content:center;background:var(--ground)}"
    "main{width:27rem;padding:2.5rem;background:var(--surface);border-radius:1.5rem;"
    "box-shadow:0 12px 40px -12px rgb(16 18 27/14%)}}"
)


@lru_cache(maxsize=256)
def _style_of(appearance: Appearance) -> tuple[str, str]:
    """Return the style of a look, and the policy of a page with it."""
    style = _STYLE
    for start, accent, on_accent, end in (
        (":root{", appearance.accent, appearance.on_accent, "}"),
        ("@media(prefers-color-scheme:dark){:root{", appearance.dark_accent, appearance.on_dark_accent, "}}"),
    ):
        if accent:
            style += f"{start}--accent:{accent};--on-accent:{on_accent}{end}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # `form-action` is left open: browsers hold it against the redirect that answers the form, too.
    policy = f"default-src 'none'; script-src 'sha256-{_SCRIPT_HASH}'; style-src 'sha256-{digest}'; "
    if origins := appearance.image_origins:
        policy += f"img-src {' '.join(origins)}; "
    return style, f"{policy}base-uri 'none'; frame-ancestors 'none'"


def page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Render one of the provider's own pages in the user's language, under a strict policy, never cached."""
    appearance = current_appearance()
    style, policy = _style_of(appearance)
    language = page_language(request)
    with language.speaking():
        html = render_to_string(
            f"oidc/{template}.html",
            {
                "style": style,
                "appearance": appearance,
                "script": _SCRIPT,
                "direction": language.direction,
                "language": language.tag,
            }
            | context,
        )
    return HttpResponse(
        html, headers={"Cache-Control": "no-store", "Content-Security-Policy": policy, "X-Frame-Options": "DENY"}
    )


def auto_submitted_form(
    request: HttpRequest, *, action: str, fields: Mapping[str, str], form_id: str, title: object = ""
) -> HttpResponse:
    """Answer with a form that posts `fields` to `action` (OAuth 2.0 Form Post Response Mode section 2)."""
    return page(request, "form", action=action, fields=list(fields.items()), form_id=form_id, title=title)
