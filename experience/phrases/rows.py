"""A tenant's own words as they are stored."""

from django.db.models import QuerySet

from common.errors import AppError, invalid_value
from experience.models import CustomPhrase
from experience.phrases.tags import LanguageTag, find_tag


def list_custom_phrases() -> QuerySet[CustomPhrase]:
    """Return the languages with words of the tenant, by tag."""
    return CustomPhrase.objects.order_by("language_tag")


def get_custom_phrase(tag: str) -> CustomPhrase:
    """Return a language's own words; raises `guard.invalid_input` for an unknown tag and `entity.not_found`."""
    require_tag(tag)
    row = CustomPhrase.objects.filter(language_tag=tag).first()
    if row is None:
        raise AppError("entity.not_found")
    return row


def require_tag(tag: str) -> LanguageTag:
    """Return the language of a tag; raises `guard.invalid_input` for a tag that is not on the list."""
    language = find_tag(tag)
    if language is None:
        raise invalid_value("languageTag", "Not a known language tag.")
    return language
