"""The tenant's captcha provider."""

from collections.abc import Iterable, Mapping
from typing import Any

from common.shapes import Choice
from configuration.errors import Path
from configuration.kinds.base import Change, Form, Item, Options, Reading
from configuration.kinds.shapes import JSON, form_shape
from configuration.secrets import with_secrets
from experience.captcha import KINDS
from experience.captcha.provider import represent_config
from experience.models import CaptchaProvider
from experience.services.captcha_provider import delete_captcha_provider, find_captcha_provider, put_captcha_provider


class Captcha:
    """There is one at most. `config` is what its type asks for, replaced whole."""

    section = "captcha"
    shape = form_shape({"type": Choice(choices=tuple(KINDS), required=True), "config": JSON})
    options = Options(is_single=True, secrets_follow="type")
    covers = (CaptchaProvider,)
    settings = ()

    def secret_paths(self, form: Mapping[str, Any]) -> Iterable[Path]:
        kind = KINDS.get(str(form.get("type", "")))
        return [("config", name) for name in sorted(kind.secrets & kind.shape.members.keys())] if kind else ()

    def read(self, reading: Reading) -> list[Item]:
        row = find_captcha_provider()
        if row is None:
            return []
        config = represent_config(row)
        form = {"type": config.pop("type"), "config": config}
        paths = list(self.secret_paths(form))
        return [Item(self.section, with_secrets(form, paths, "captcha"), self.section, row)]

    def create(self, form: Form, change: Change) -> None:
        put_captcha_provider({**form.get("config", {}), "type": form["type"]}, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        self.create(form, change)

    def delete(self, item: Item, change: Change) -> None:
        delete_captcha_provider(actor=change.actor)
