"""What is acted upon: named in the audit log beside who acts."""

from dataclasses import dataclass

from django.db.models import Model

MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class Subject:
    """What something happened to. `type` is the model's name (`organizationrole`), `name` what people call it."""

    type: str
    id: str = ""
    name: str = ""

    @classmethod
    def of(cls, entity: "Model | Subject") -> "Subject":
        """Return the subject that a row is; a subject is itself. Take it before the row is deleted."""
        if isinstance(entity, Subject):
            return entity
        name = getattr(entity, "name", None)
        return cls(str(entity._meta.model_name), str(entity.pk), str(name if name is not None else entity)[:MAX_NAME])
