"""Several out of a list, in an order of the developer's own: moved by dragging, or by the buttons of each."""

from collections.abc import Sequence
from typing import Any, TypedDict

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class OrderedChoice(TypedDict):
    """One of the list: its value, what it is called, and what stands for it (`connector_gallery.look_of`)."""

    value: str
    title: str
    note: str
    look: dict[str, str]


class _OrderedWidget(forms.CheckboxSelectMultiple):
    """A list of boxes to tick; those that are ticked are sent in the order of the list."""

    rows: Sequence[OrderedChoice] = ()

    class Media:
        js = ("console/ordered.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [item for item in value or [] if item in {row["value"] for row in self.rows}]
        position = {item: index for index, item in enumerate(chosen)}
        rows = sorted(self.rows, key=lambda row: position.get(row["value"], len(position)))
        shown = [{**row, "is_chosen": row["value"] in position} for row in rows]
        is_locked = bool((attrs or {}).get("disabled"))
        context = {"name": name, "rows": shown, "id": (attrs or {}).get("id", name), "is_locked": is_locked}
        return render_to_string("console/parts/ordered.html", context)


class OrderedField(forms.MultipleChoiceField):
    """What is chosen, in order; the form says what there is."""

    widget = _OrderedWidget

    def offer(self, rows: Sequence[OrderedChoice]) -> None:
        """Set what can be chosen."""
        self.choices = [(row["value"], row["title"]) for row in rows]
        self.widget.rows = rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or ()) != list(data or ())
