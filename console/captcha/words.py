"""The kinds of captcha in words: what each means for users, how it is set up, and what its settings are called."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class KindWords:
    """What the console says about a kind. `steps` lead to its keys, `where` is the page that they begin at."""

    title: str
    icon: str
    text: Words
    note: Words
    steps: tuple[Words, ...]
    tested: Words
    where: str = ""


KINDS: dict[str, KindWords] = {
    "ProofOfWork": KindWords(
        title="Proof of work",
        icon="memory",
        text=_("The browser computes for a moment while the user types. There is nothing to solve and no third party."),
        note=_("No account or keys needed. Makes mass sign-ups expensive, but does not tell people from robots."),
        steps=(
            _("There is nothing to register: save, and switch captchas on."),
            _("Users need JavaScript and an https address, as for passkeys."),
        ),
        tested=_("A challenge was made, solved and verified."),
    ),
    "Turnstile": KindWords(
        title="Cloudflare Turnstile",
        icon="cloud",
        text=_("Cloudflare looks at the browser and mostly lets people through without a puzzle."),
        note=_("Free Cloudflare account. Cloudflare sees your users’ addresses and browsers."),
        steps=(
            _("In the Cloudflare dashboard open Turnstile and add a widget."),
            _("Under hostnames, add every domain under which your users sign in, this tenant’s and your own."),
            _("Copy the site key and the secret key into this form."),
        ),
        tested=_("Cloudflare knows the secret key. Whether the site key belongs to it shows on the sign-in page."),
        where="https://dash.cloudflare.com/?to=/:account/turnstile",
    ),
    "RecaptchaEnterprise": KindWords(
        title="reCAPTCHA Enterprise",
        icon="shield_person",
        text=_("Google scores each visit, unseen or with a box to tick."),
        note=_("Google Cloud project with billing. Google sees your users’ addresses and browsers."),
        steps=(
            _("In the Google Cloud console, enable the reCAPTCHA Enterprise API for a project."),
            _("Create a website key for every domain under which your users sign in: score-based, or with a checkbox."),
            _("Create an API key that may use this API alone. It is the secret key here."),
            _("Copy the key’s id, the API key and the project’s id into this form."),
        ),
        tested=_("Google knows the project and the API key. Whether the site key fits shows on the sign-in page."),
        where="https://console.cloud.google.com/security/recaptcha",
    ),
}

#: Member of a configuration -> the options of its field.
FIELDS: dict[str, dict[str, Any]] = {
    "siteKey": {"label": _("Site key"), "help_text": _("Anybody can read it on the sign-in page.")},
    "secretKey": {"label": _("Secret key"), "help_text": _("Stays on this server, encrypted.")},
    "projectId": {"label": _("Project ID"), "help_text": _("The Google Cloud project that the key belongs to.")},
    "mode": {
        "label": _("Kind of key"),
        "help_text": _("As you have created it at Google."),
        "choices": [("invisible", _("Score-based: nothing to see, passes from 0.5")), ("checkbox", _("Checkbox"))],
    },
    "domain": {
        "label": _("Script from"),
        "help_text": _("Choose recaptcha.net if users are in places that do not reach google.com."),
    },
    "difficulty": {
        "label": _("Difficulty"),
        "help_text": _("How long a browser computes, on a laptop of today; an old phone takes several times as long."),
        "choices": [
            ("low", _("Low: a fifth of a second")),
            ("medium", _("Medium: less than a second")),
            ("high", _("High: about three seconds")),
        ],
    },
}
KEEP = _("Stored. Leave it empty to keep it.")
