"""Form fields of settings, made from the settings' declarations: kind, bounds and choices stand there."""

from typing import Any

from django import forms
from unfold import widgets

from common.shapes import Choice, Color, EmailAddress, Flag, Integer, Items, Shape, Text, WebAddress
from common.shapes.values import MAX_INTEGER
from console.admin.fields import LinesField, address, checks, number, select, switch, text
from console.admin.look_fields import color


def field_of(shape: Shape, *, label: Any, help_text: Any = "", choices: Any = None, **options: Any) -> forms.Field:
    """Return the control of a setting. `choices` words those of the shape; one that is not worded stands for itself."""
    match shape:
        case Flag():
            return switch(label=label, help_text=help_text, **options)
        case Integer():
            options.setdefault("required", shape.required or shape.default is not None)
            if shape.maximum < MAX_INTEGER:
                options["max_value"] = shape.maximum
            return number(label=label, help_text=help_text, minimum=max(0, shape.minimum), **options)
        case Choice():
            options.setdefault("required", not shape.nullable)
            worded = choices or [(name, name) for name in shape.choices]
            return select(label=label, help_text=help_text, choices=worded, **options)
        case Items(of=Choice() as item):
            return checks(label=label, help_text=help_text, choices=choices or [(name, name) for name in item.choices])
        case Items():
            return LinesField(label=label, help_text=help_text, **options)
        case Color():
            return color(label=label, help_text=help_text, required=True, **options)
        case WebAddress():
            return address(label, help_text)
        case EmailAddress():
            widget = widgets.UnfoldAdminEmailInputWidget()
            return forms.EmailField(label=label, help_text=help_text, required=False, widget=widget, **options)
        case Text() if choices is not None:
            options.setdefault("required", shape.min_length > 0)
            return select(label=label, help_text=help_text, choices=choices, **options)
        case Text():
            options.setdefault("required", shape.min_length > 0)
            return text(label=label, help_text=help_text, max_length=shape.max_length, **options)
    raise TypeError(f"no control shows {shape!r}")
