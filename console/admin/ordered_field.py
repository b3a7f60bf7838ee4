"""Several out of a list, in an order of the developer's own: moved by dragging, or by the buttons of each."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString


class Nothing(NamedTuple):
    """What is said where there is nothing to choose, and where that can be changed: a view, with what follows it."""

    text: str | Promise
    action: str | Promise = ""
    view: str = ""
    rest: str = ""

    @property
    def link(self) -> str:
        return reverse(self.view) + self.rest if self.view else ""


class OrderedChoice(TypedDict):
    """One of the list: its value, what it is called, and what stands for it (`connector_gallery.look_of`)."""

    value: str
    title: str
    note: str
    look: dict[str, str]


class _OrderedWidget(forms.CheckboxSelectMultiple):
    """A list of boxes to tick; those that are ticked are sent in the order of the list."""

    rows: Sequence[OrderedChoice] = ()
    nothing: Nothing
    # Whether all of the list is meant, so that there is nothing to tick.
    is_whole = False

    class Media:
        js = ("console/ordered.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [item for item in value or [] if item in {row["value"] for row in self.rows}]
        position = {item: index for index, item in enumerate(chosen)}
        rows = sorted(self.rows, key=lambda row: position.get(row["value"], len(position)))
        shown = [{**row, "is_chosen": row["value"] in position} for row in rows]
        is_locked = bool((attrs or {}).get("disabled"))
        context = {
            "name": name,
            "rows": shown,
            "id": (attrs or {}).get("id", name),
            "is_locked": is_locked,
            "is_whole": self.is_whole,
            "nothing": self.nothing,
        }
        return render_to_string("console/parts/ordered.html", context)


_NOTHING = Nothing("")


class OrderedField(forms.MultipleChoiceField):
    """What is chosen, in order; the form says what there is."""

    widget = _OrderedWidget

    def __init__(self, *, nothing: Nothing = _NOTHING, **options: Any) -> None:
        super().__init__(**options)
        self.widget.nothing = nothing

    def offer(self, rows: Sequence[OrderedChoice]) -> None:
        """Set what can be chosen."""
        self.choices = [(row["value"], row["title"]) for row in rows]
        self.widget.rows = rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or ()) != list(data or ())


class _SortedWidget(_OrderedWidget):
    """A list that is sent whole, in its order."""

    is_whole = True


class SortedField(OrderedField):
    """All of a list, in an order of the developer's own."""

    widget = _SortedWidget
