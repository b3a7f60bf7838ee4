"""`/api/custom-phrases`: what a tenant says differently on its hosted pages, by language."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.parsers import json_body
from common.shapes import AnyObject
from experience.phrases.rows import get_custom_phrase, list_custom_phrases
from experience.services.custom_phrases import delete_custom_phrases, replace_custom_phrases
from management_api.custom_phrases import answers
from management_api.custom_phrases.serializers import custom_phrase_row
from management_api.views import ApiView, no_content


class CustomPhrasesView(ApiView):
    """Lists the languages."""

    @operation(
        "ListCustomPhrases", "List the languages with phrases of the tenant's own", answer=[answers.CustomPhrases]
    )
    def get(self, request: Request) -> Response:
        return Response([custom_phrase_row(row) for row in list_custom_phrases()])


class CustomPhraseView(ApiView):
    """One language; a PUT replaces all of its words."""

    @operation(
        "GetCustomPhrase",
        "Get the tenant's own phrases in a language",
        answer=answers.CustomPhrases,
        errors=["guard.invalid_input", "entity.not_found"],
    )
    def get(self, request: Request, language_tag: str) -> Response:
        return Response(custom_phrase_row(get_custom_phrase(language_tag)))

    @operation(
        "ReplaceCustomPhrase",
        "Replace the tenant's own phrases in a language",
        body=AnyObject(),
        answer=answers.CustomPhrases,
        status=201,
        errors=[
            "entity.not_found",
            "localization.cannot_delete_default_language",
            "localization.invalid_translation_structure",
        ],
    )
    def put(self, request: Request, language_tag: str) -> Response:
        row = replace_custom_phrases(language_tag, translation=json_body(request), actor=self.actor)
        return Response(custom_phrase_row(row), status=201)

    @operation(
        "DeleteCustomPhrase",
        "Delete the tenant's own phrases in a language",
        errors=["guard.invalid_input", "entity.not_found", "localization.cannot_delete_default_language"],
    )
    def delete(self, request: Request, language_tag: str) -> Response:
        delete_custom_phrases(language_tag, actor=self.actor)
        return no_content()
