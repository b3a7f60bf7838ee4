"""What somebody's own words may be, and what pages make of them."""

import pytest
from django.template import Context, Template
from django.utils.html import format_html

from common.languages import speaking
from experience.phrases.sentences import Sentence
from experience.phrases.speech import TenantTranslations
from experience.phrases.tags import get_tag
from experience.phrases.wording import find_fault, to_phrase

PLAIN = Sentence("action.sign_in", "Sign in")
NAMED = Sentence("action.x", "Continue with %(provider)s")
BRACED = Sentence("description.x", "We sent a code to {identity}.")
MARKED = Sentence("description.y", "Continue to <strong><bdi>%(application)s</bdi></strong>")


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        (PLAIN, "Come in – 100 % & more { really }"),
        (PLAIN, 'Say "friend" & enter'),
        (NAMED, "%(provider)s, 100 %"),
        (NAMED, "%(provider)s or %(provider)s"),
        (BRACED, "{identity}: 50 % of { }"),
        (MARKED, "<bdi>%(application)s</bdi> is <strong>next</strong>"),
    ],
)
def test_words_with_the_sentences_places_and_markup_are_taken(sentence: Sentence, text: str) -> None:
    assert find_fault(sentence, text) is None


@pytest.mark.parametrize(
    ("sentence", "text", "code"),
    [
        (NAMED, "Continue", "places"),
        (NAMED, "%(provider)s %(password)s", "places"),
        (NAMED, "%(provider)d", "places"),
        (PLAIN, "%(provider)s", "places"),
        (PLAIN, "{identity}", "places"),
        (BRACED, "{identity.__class__}", "places"),
        (BRACED, "{identity!r}", "places"),
        (BRACED, "{identity} {0}", "places"),
        (PLAIN, "Hello {name}", "places"),
        (PLAIN, "<script>alert(1)</script>", "markup"),
        (PLAIN, "a < b", "markup"),
        (MARKED, "<strong>%(application)s</strong>", "markup"),
        (MARKED, "<strong><bdi>%(application)s</strong></bdi>", "markup"),
        (MARKED, "<strong onclick=x><bdi>%(application)s</bdi></strong>", "markup"),
        (MARKED, "</strong><bdi>%(application)s</bdi><strong>", "markup"),
        (MARKED, "<strong><bdi>%(application)s</bdi></strong><img>", "markup"),
        (PLAIN, "Sign\x00in", "invalid_characters"),
        (PLAIN, "Sign\nin", "invalid_characters"),
        (PLAIN, "Sign \u202ein", "invalid_characters"),
        (PLAIN, "Sign \ud800in", "invalid_characters"),
        (PLAIN, "x" * 1_001, "max_length"),
    ],
)
def test_other_words_are_refused(sentence: Sentence, text: str, code: str) -> None:
    fault = find_fault(sentence, text)
    assert fault is not None
    assert fault[0] == code


def test_places_are_filled_and_everything_else_is_text() -> None:
    assert to_phrase(NAMED, "100 % %(provider)s {x") % {"provider": "Orbit"} == "100 % Orbit {x"
    assert to_phrase(PLAIN, "100 % (s) %s %d") % {"provider": "Orbit"} == "100 % (s) %s %d"
    filled = format_html(to_phrase(BRACED, "{identity} & { 0 5 %"), identity="<alice>")
    assert filled == "&lt;alice&gt; &amp; { 0 5 %"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ('{% translate "Sign in" %}', "&quot;R&amp;D&quot; 5 %"),
        ('<a title="{% translate "Sign in" %}">', '<a title="&quot;R&amp;D&quot; 5 %">'),
        ('{% translate "Sign in" as words %}{{ words }}', "&quot;R&amp;D&quot; 5 %"),
        ('{{ _("Sign in") }}', "&quot;R&amp;D&quot; 5 %"),
        ("{% blocktranslate %}Sign in{% endblocktranslate %}", '"R&D" 5 %'),
        (
            "{% blocktranslate %}Continue to <strong><bdi>{{ application }}</bdi></strong>{% endblocktranslate %}",
            "R&amp;D 5 % <strong><bdi>&lt;b&gt;</bdi></strong>",
        ),
    ],
)
def test_templates_interpret_nothing(template: str, shown: str) -> None:
    words = {
        "action.sign_in": '"R&D" 5 %',
        "description.continue_to_app": "R&D 5 % <strong><bdi>%(application)s</bdi></strong>",
    }
    with speaking(TenantTranslations(get_tag("en"), words)):
        page = Template("{% load i18n %}" + template).render(Context({"application": "<b>"}))
    assert page == shown
