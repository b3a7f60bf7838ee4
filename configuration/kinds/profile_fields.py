"""The catalog of what the tenant collects about its users, in its order."""

from collections.abc import Sequence

from common.shapes import Choice, Flag, Text
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import JSON, column, form_shape
from experience.models import CustomProfileField
from experience.profile_fields.shapes import MAX_DESCRIPTION, MAX_LABEL
from experience.services.profile_fields import (
    MAX_FIELDS,
    create_profile_fields,
    delete_profile_field,
    reorder_profile_fields,
    update_profile_field,
)


class ProfileFields(NoSecrets):
    """Identified by name, which says where a value is kept and never changes."""

    section = "profileFields"
    shape = form_shape(
        {
            "name": column(CustomProfileField, "name", required=True),
            "type": Choice(choices=tuple(CustomProfileField.Type.values), required=True),
            "label": Text(max_length=MAX_LABEL),
            "description": Text(max_length=MAX_DESCRIPTION, nullable=True),
            "required": Flag(required=True),
            "config": JSON,
        }
    )
    options = Options(max_items=MAX_FIELDS)
    covers = (CustomProfileField,)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        rows = CustomProfileField.objects.order_by("sie_order", "created_at", "id")
        return [Item(row.name, _form(row), row.id, row) for row in rows]

    def create(self, form: Form, change: Change) -> None:
        create_profile_fields([(form["name"], _wire(form))], actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        update_profile_field(item.row.name, _wire(form), actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_profile_field(item.row.name, actor=change.actor)

    def arrange(self, identities: Sequence[str], change: Change) -> None:
        """Put the fields of the file first, in its order; others follow in theirs."""
        rows = CustomProfileField.objects.order_by("sie_order", "created_at", "id")
        held = list(rows.values_list("name", flat=True))
        wanted = list(dict.fromkeys([*identities, *held]))
        if held != wanted:
            reorder_profile_fields([(name, place) for place, name in enumerate(wanted, start=1)], actor=change.actor)


def _form(row: CustomProfileField) -> Form:
    return {
        "name": row.name,
        "type": row.type,
        "label": row.label,
        "description": row.description,
        "required": row.required,
        "config": row.config,
    }


def _wire(form: Form) -> Form:
    """A field without a label has none: an empty one is not sent."""
    return {name: value for name, value in form.items() if name != "name" and (name != "label" or value)}
