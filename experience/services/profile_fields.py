"""The catalog of what a tenant collects about its users: made, changed, put in order, deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError
from events.history import Subject, record
from experience.models import CustomProfileField, SignInExperience
from experience.profile_fields.catalog import get_profile_field_row
from experience.profile_fields.config_rules import assert_field_valid
from experience.profile_fields.field import represent_field
from experience.profile_fields.shapes import read_field

MAX_FIELDS = 100
_COLUMNS = ("type", "label", "description", "required", "config")
_MAX_ORDER = 32_767


@transaction.atomic
def create_profile_fields(given: Sequence[tuple[str, Any]], *, actor: Actor) -> list[CustomProfileField]:
    """Add fields, each given as its name and its row on the wire, at the end of the catalog; all of them or none.

    Raises `guard.invalid_input` for a row that does not have its type's shape, the codes of `assert_field_valid`,
    `custom_profile_fields.name_exists`, and `request.invalid_input` past `MAX_FIELDS`.
    """
    _lock_catalog()
    rows = CustomProfileField.objects.all()
    if rows.count() + len(given) > MAX_FIELDS:
        raise AppError("request.invalid_input", details=f"There are at most {MAX_FIELDS} fields.")
    last = rows.aggregate(last=Max("sie_order"))["last"] or 0
    return [
        _create(name, read_field(value), order=min(last + place, _MAX_ORDER), actor=actor)
        for place, (name, value) in enumerate(given, start=1)
    ]


def _create(name: str, values: Mapping[str, Any], *, order: int, actor: Actor) -> CustomProfileField:
    row = {"config": {}, **values, "name": name}
    assert_field_valid(row)
    field = CustomProfileField(**row, sie_order=order)
    with constraint_errors(custom_profile_field_name="custom_profile_fields.name_exists"):
        field.save(force_insert=True)
    field.refresh_from_db()
    record("CustomProfileField.Created", actor=actor, subject=_subject(field), after=_told(field))
    return field


@transaction.atomic
def update_profile_field(name: str, value: Any, *, actor: Actor) -> CustomProfileField:
    """Change a field, given by its row on the wire; its name stays, and so does what is not given.

    The config of a field whose type changes does not stay. Raises `entity.not_exists`, `guard.invalid_input` and the
    codes of `assert_field_valid`.
    """
    _lock_catalog()
    field = get_profile_field_row(name, code="entity.not_exists")
    before = _told(field)
    values = read_field(value)
    if values["type"] != field.type:
        values.setdefault("config", {})
    row = {**{column: getattr(field, column) for column in _COLUMNS}, **values, "name": name}
    assert_field_valid(row)
    for column in _COLUMNS:
        setattr(field, column, row[column])
    field.save(update_fields=[*_COLUMNS])
    record("CustomProfileField.Updated", actor=actor, subject=_subject(field), before=before, after=_told(field))
    return field


@transaction.atomic
def delete_profile_field(name: str, *, actor: Actor) -> None:
    """Delete a field and stop asking for it at sign-up; what users have filled in stays with them.

    Raises `entity.not_found`.
    """
    settings = _lock_catalog()
    field = get_profile_field_row(name)
    record("CustomProfileField.Deleted", actor=actor, subject=_subject(field), before=_told(field))
    field.delete()
    chosen = settings.sign_up_profile_fields
    if chosen is None or not any(item["name"] == name for item in chosen):
        return
    settings.sign_up_profile_fields = [item for item in chosen if item["name"] != name]
    settings.save(update_fields=["sign_up_profile_fields"])
    record(
        "SignInExperience.Updated",
        actor=actor,
        subject=Subject("SignInExperience", str(settings.pk)),
        before={"signUpProfileFields": chosen},
        after={"signUpProfileFields": settings.sign_up_profile_fields},
    )


@transaction.atomic
def reorder_profile_fields(places: Sequence[tuple[str, int]], *, actor: Actor) -> None:
    """Give fields their places in the catalog, the lowest first.

    Raises `custom_profile_fields.conflicted_sie_order` for a place or a name that is given twice, and
    `custom_profile_fields.entity_not_exists_with_names`.
    """
    order = dict(places)
    if len({place for _name, place in places}) != len(places) or len(order) != len(places):
        raise AppError("custom_profile_fields.conflicted_sie_order")
    _lock_catalog()
    fields = {field.name: field for field in CustomProfileField.objects.filter(name__in=order)}
    if missing := sorted(order.keys() - fields.keys()):
        raise AppError(
            "custom_profile_fields.entity_not_exists_with_names",
            data={"names": missing},
            params={"names": ", ".join(missing)},
        )
    for name, field in fields.items():
        if field.sie_order == order[name]:
            continue
        before = {"sieOrder": field.sie_order}
        field.sie_order = order[name]
        field.save(update_fields=["sie_order"])
        after = {"sieOrder": field.sie_order}
        record("CustomProfileField.Updated", actor=actor, subject=_subject(field), before=before, after=after)


def _lock_catalog() -> SignInExperience:
    """Let one change of the catalog happen at a time: the settings say which of it is asked for."""
    return SignInExperience.objects.select_for_update().get()


def _subject(field: CustomProfileField) -> Subject:
    return Subject("CustomProfileField", field.id, field.name)


def _told(field: CustomProfileField) -> dict[str, Any]:
    """What of a field its developer has said."""
    return {name: represent_field(field)[name] for name in _COLUMNS}
