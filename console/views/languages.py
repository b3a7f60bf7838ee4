"""Languages of the hosted pages: which there are, and the tenant's own words in each."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import AppError
from console.access import actor_of, current_access
from console.admin.service_errors import explain
from console.languages.editor import errors_by_key, read_changes, sections_of, seen
from console.languages.overview import default_language, find_named, language_rows, languages_to_add
from console.policies import Area, may_change
from console.site import site
from experience.phrases.speech import words_of
from experience.phrases.tags import LanguageTag
from experience.phrases.wording import MAX_LENGTH
from experience.services.custom_phrases import (
    delete_custom_phrases,
    replace_custom_phrases,
    update_custom_phrases,
)


@site.page("languages/", name="languages", area=Area.GENERAL)
def languages(request: HttpRequest) -> HttpResponse:
    """List the languages; delete one that the tenant has added."""
    if request.method == "POST":
        try:
            delete_custom_phrases(request.POST.get("delete", ""), actor=actor_of(request))
            messages.success(request, _("The language was deleted."))
        except AppError as error:
            messages.error(request, explain(error))
        return HttpResponseRedirect(reverse("admin:languages"))
    context = {
        **site.each_context(request),
        "title": _("Languages"),
        "rows": language_rows(),
        "to_add": languages_to_add(),
        "is_open": may_change(current_access(request), Area.GENERAL),
    }
    return TemplateResponse(request, "console/languages.html", context)


@site.page("languages/words/", name="language_words", area=Area.GENERAL)
def language_words(request: HttpRequest) -> HttpResponse:
    """Show and change the tenant's words in the language that `?language=` names."""
    language = find_named(request.GET.get("language", ""))
    if language is None:
        messages.error(request, _("There is no language of this name. Choose one from the list."))
        return HttpResponseRedirect(reverse("admin:languages"))
    typed: dict[str, str] = {}
    refusal: AppError | None = None
    if request.method == "POST":
        typed = read_changes(language, request.POST.dict())
        try:
            _save(request, language, typed)
        except AppError as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(f"{reverse('admin:language_words')}?language={language.tag}")
    errors = errors_by_key(refusal)
    context = {
        **site.each_context(request),
        "title": language.english,
        "language": language,
        "sections": sections_of(language, typed=typed, errors=errors),
        "own": len(words_of(language.tag)),
        "seen": request.POST.get("seen") if refusal else seen(language),
        "refusal": _("These phrases cannot be saved:") if errors else refusal and explain(refusal),
        "refused": list(errors),
        "max_length": MAX_LENGTH,
        "is_default": default_language() == language.tag,
        "is_open": may_change(current_access(request), Area.GENERAL),
    }
    return TemplateResponse(request, "console/language.html", context)


def _save(request: HttpRequest, language: LanguageTag, changes: dict[str, str]) -> None:
    actor = actor_of(request)
    if request.POST.get("reset"):
        replace_custom_phrases(language.tag, translation={}, actor=actor)
    elif changes:
        update_custom_phrases(language.tag, changes=changes, actor=actor)
