"""The tenant's own words on the hosted pages, by language."""

from common.shapes import AnyObject
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import column, form_shape
from experience.models import CustomPhrase
from experience.phrases.rows import list_custom_phrases
from experience.services.custom_phrases import MAX_LANGUAGES, delete_custom_phrases, replace_custom_phrases


class Phrases(NoSecrets):
    """Identified by language tag; a language's words are replaced whole."""

    section = "phrases"
    shape = form_shape(
        {"languageTag": column(CustomPhrase, "language_tag", required=True), "translation": AnyObject(required=True)}
    )
    options = Options(identified_by=("languageTag",), max_items=MAX_LANGUAGES)
    covers = (CustomPhrase,)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        return [
            Item(row.language_tag, {"languageTag": row.language_tag, "translation": row.translation}, row.id, row)
            for row in list_custom_phrases()
        ]

    def create(self, form: Form, change: Change) -> None:
        replace_custom_phrases(form["languageTag"], translation=form["translation"], actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        self.create(form, change)

    def delete(self, item: Item, change: Change) -> None:
        delete_custom_phrases(item.row.language_tag, actor=change.actor)
