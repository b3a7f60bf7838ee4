"""What services ask others for is asked before the transaction, in which nobody should wait for somebody else's server.

Answers are remembered for a while (`connectors.oauth.documents`), so that the services find them.
"""

from contextlib import suppress

from django.utils.translation import gettext as _

from common.errors import AppError
from configuration.errors import Problem, invalid_file
from configuration.kinds.base import AskingKind
from configuration.matching import complete, match
from configuration.secrets import in_clear
from configuration.wanted import Wanted

# Each may take seconds.
MOST_QUESTIONS = 20


def ask_ahead(wanted: Wanted) -> None:
    """Ask about what is new or changed in a file; what is refused is refused again, with its line, when it is applied.

    Raises `configuration.invalid_file` for a file that changes too much of it at once.
    """
    for section in wanted.sections.values():
        kind = section.kind
        if not isinstance(kind, AskingKind):
            continue
        pairs = match(section, kind.read(wanted.reading)).pairs
        asked = (kind.question(pair.item, in_clear(complete(kind, pair)[0])) for pair in pairs)
        questions = [question for question in asked if question is not None]
        if len(questions) > MOST_QUESTIONS:
            message = _("At most %d of these can be changed at once.") % MOST_QUESTIONS
            raise invalid_file([Problem((kind.section,), message, wanted.document.line_of((kind.section,)))])
        for question in questions:
            with suppress(AppError):
                question()
