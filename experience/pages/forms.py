"""The pages' forms: one field per question, with what browsers and password managers need to know about it."""

import json
from collections.abc import Sequence
from typing import Any, Self, cast
from unicodedata import category, decimal

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from common.errors import AppError
from experience.pages.countries import CountryField, name_of_country
from experience.pages.identifier_input import identifier_label, read_identifier
from experience.records import Identifier, IdentifierKind
from identity.passwords import PasswordPolicy

MAX_TYPED = 512
# An attestation with its certificates takes a few kilobytes.
MAX_CREDENTIAL = 65_536

# Kinds of a field -> input type, input mode, and what a browser fills in.
_INPUTS: dict[tuple[str, ...], tuple[str, str, str]] = {
    ("username",): ("text", "text", "username"),
    ("email",): ("email", "email", "email"),
    ("phone",): ("tel", "tel", "tel"),
}

# What these fields hold is never sent back to the browser.
_TYPED_AGAIN = frozenset({"current-password", "new-password", "one-time-code"})


class PageForm(forms.Form):
    """A form that puts the focus on the first field that needs the user."""

    use_required_attribute = True

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)

    @classmethod
    def empty(cls, **options: Any) -> Self:
        """Return the form as it is drawn at first, able to show the error of something else than its fields."""
        form = cls({}, **options)
        form.full_clean()
        form.errors.clear()
        return form

    def accepts_terms(self) -> bool:
        """Whether the box for the terms is ticked, or there is none. Nothing else that was entered counts."""
        self.full_clean()
        for name in self.errors.keys() - {"agreed"}:
            del self.errors[name]
        return not self.errors

    def show_focus(self) -> None:
        """Mark the field that gets the focus: the first invalid one, else the first that is drawn empty."""
        drawn = {name: field for name, field in self.fields.items() if not field.widget.is_hidden}
        invalid = [name for name in drawn if name in self.errors]
        empty = [name for name, field in drawn.items() if field.required and self._is_drawn_empty(name)]
        for name in (invalid or empty)[:1]:
            self.fields[name].widget.attrs["autofocus"] = True

    def _is_drawn_empty(self, name: str) -> bool:
        widget = self.fields[name].widget
        return not (getattr(widget, "render_value", True) and self[name].value())

    def add_app_error(self, error: AppError, *, field: str | None) -> None:
        """Show a service's error at a field, or above the form."""
        messages = password_messages(error) if error.code == "password.rejected" else [error.message]
        name = field if field in self.fields else None
        for message in messages:
            self.add_error(name, forms.ValidationError(message, code=error.code))


class _Drawn:
    """A widget of one element, put together here: Django's three templates for it take ten times as long."""

    get_context: Any

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        drawn = self.get_context(name, value, attrs)["widget"]
        return format_html(
            "<input{}>", flatatt({key: drawn[key] for key in ("type", "name", "value")} | drawn["attrs"])
        )


class _PlainInput(_Drawn, forms.TextInput):
    """A field whose value is drawn as it was typed."""


class _OnceInput(_Drawn, forms.PasswordInput):
    """A field whose value is never sent back: a password, or a code, which is to be typed again."""


# How long a password may be is the service's to say, and a browser would cut what is pasted without a word.
_AS_TYPED: dict[str, Any] = {"strip": False, "max_length": None}


def _field(label: str, attributes: dict[str, Any], *, help_text: str = "", **options: Any) -> forms.CharField:
    kind = attributes.pop("type")
    attrs = {"class": "input", "autocapitalize": "none", "spellcheck": "false", **attributes}
    drawn = _OnceInput(attrs=attrs) if attributes["autocomplete"] in _TYPED_AGAIN else _PlainInput(attrs=attrs)
    drawn.input_type = kind
    messages = {"required": gettext("Fill in this field.")}
    options.setdefault("max_length", MAX_TYPED)
    return forms.CharField(label=label, help_text=help_text, widget=drawn, error_messages=messages, **options)


class IdentifierForm(PageForm):
    """Asks who one is. `cleaned_data["identifier"]` is an `Identifier`.

    A phone number alone is asked for with the country, which starts as `region`; a field that takes other things too
    says which country a number without a country code is of.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        kinds: Sequence[IdentifierKind],
        region: str | None,
        autocomplete: str = "",
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.kinds, self.region = kinds, region
        kind, mode, filled = _INPUTS.get(tuple(kinds), ("text", "email" if "email" in kinds else "text", "username"))
        attributes = {"type": kind, "inputmode": mode, "autocomplete": autocomplete or filled, "dir": "ltr"}
        if tuple(kinds) == ("phone",):
            self.fields["country"] = CountryField(label=gettext("Country"), initial=region)
        self.fields["identifier"] = _field(identifier_label(kinds), attributes, help_text=self._hint())

    def _hint(self) -> str:
        """What to know about the numbers of a field that takes other things too, or of a list without a choice."""
        if "phone" not in self.kinds:
            return ""
        if not self.region:
            return gettext("With the country code, for example +49 151 23456789")
        if "country" in self.fields:
            return ""
        return gettext("Phone numbers without a country code: %(country)s") % {"country": name_of_country(self.region)}

    def clean_identifier(self) -> Identifier:
        # A form without the list may be sent one all the same.
        has_choice = "country" in self.fields and "country" in self.data
        region = self.cleaned_data["country"] if has_choice else self.region
        try:
            return read_identifier(self.cleaned_data["identifier"], kinds=self.kinds, region=region)
        except AppError as error:
            raise forms.ValidationError(error.message, code=error.code) from error

    @property
    def identifier(self) -> Identifier:
        return cast(Identifier, self.cleaned_data["identifier"])


class PasswordForm(PageForm):
    """Asks for the password of an account."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        add_password(self)


class NewPasswordForm(PageForm):
    """Asks for a password to be."""

    def __init__(self, data: Any = None, *, policy: PasswordPolicy, **options: Any) -> None:
        super().__init__(data, **options)
        attributes = {"type": "password", "autocomplete": "new-password", "dir": "ltr"}
        field = _field(gettext("Password"), attributes, help_text=describe_policy(policy), **_AS_TYPED)
        field.is_secret = True  # type: ignore[attr-defined]  # for the field's template
        self.fields["password"] = field


# The categories of Unicode of spaces, line ends, invisible signs and dashes.
_SEPARATORS = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})


def _without_separators(code: str) -> str:
    return "".join(sign for sign in code if category(sign) not in _SEPARATORS)


class CodeForm(PageForm):
    """Asks for the code of a message or of an app. Spaces and dashes of a pasted code do not count."""

    #: Whether a page with scripts sends the form with the sixth digit.
    sends_itself = True

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        attributes = {"type": "text", "inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}
        field = _field(gettext("Verification code"), attributes)
        field.is_code = True  # type: ignore[attr-defined]  # for the field's template
        self.fields["code"] = field

    def clean_code(self) -> str:
        # Keyboards of other scripts have digits of their own.
        return "".join(str(decimal(sign, sign)) for sign in _without_separators(self.cleaned_data["code"]))


class BackupCodeForm(PageForm):
    """Asks for one of the codes that the user has saved."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        attributes = {"type": "text", "autocomplete": "off", "dir": "ltr", "class": "input words"}
        field = _field(gettext("Backup code"), attributes)
        field.is_code = True  # type: ignore[attr-defined]  # for the field's template
        self.fields["code"] = field

    def clean_code(self) -> str:
        return _without_separators(self.cleaned_data["code"])


class PasskeyForm(PageForm):
    """Takes what an authenticator has answered. `cleaned_data["credential"]` is the object that the browser has sent.

    `verification_id` names the record whose challenge it was, and is empty for a challenge that is kept nowhere.
    """

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id=False, **options)
        for name, longest in (("verification_id", MAX_TYPED), ("credential", MAX_CREDENTIAL)):
            self.fields[name] = forms.CharField(required=False, max_length=longest, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        try:
            answer = json.loads(self.cleaned_data.get("credential", ""))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            self.add_app_error(AppError("session.mfa.webauthn_verification_failed"), field=None)
        return {**self.cleaned_data, "credential": answer}


class RequestForm(PageForm):
    """A button for the authorization request that its page was drawn for, whatever else has begun in the browser."""

    def __init__(self, data: Any = None, *, request_id: str, **options: Any) -> None:
        is_for_this = data is not None and data.get("request") == request_id
        super().__init__(data if is_for_this else None, **options)
        self.fields["request"] = forms.CharField(initial=request_id, widget=forms.HiddenInput)


class DeviceCodeForm(PageForm):
    """Asks for the code that a device shows."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        attributes = {
            "type": "text",
            "autocomplete": "off",
            "autocapitalize": "characters",
            "dir": "ltr",
            "class": "input long",
            "placeholder": "XXXX-XXXX",
        }
        field = _field(gettext("Code"), attributes)
        field.is_code = True  # type: ignore[attr-defined]  # for the field's template
        self.fields["user_code"] = field


def add_password(form: PageForm) -> None:
    """Add the field of an existing password."""
    attributes = {"type": "password", "autocomplete": "current-password", "dir": "ltr"}
    field = _field(gettext("Password"), attributes, **_AS_TYPED)
    field.is_secret = True  # type: ignore[attr-defined]  # for the field's template
    form.fields["password"] = field


def add_agreement(form: PageForm) -> None:
    """Add the box by which the user agrees to the terms; the label comes with the template."""
    messages = {"required": gettext("Agree to the terms to continue.")}
    # A label needs it, also in forms whose other fields have none.
    box = forms.CheckboxInput(attrs={"id": "id_agreed"})
    field = forms.BooleanField(error_messages=messages, widget=box)
    field.is_check = True  # type: ignore[attr-defined]  # for the field's template
    form.fields["agreed"] = field


def add_trust(form: PageForm, *, days: int) -> None:
    """Add the box by which the user trusts the browser for so many days."""
    label = ngettext("Trust this device for %(days)s day", "Trust this device for %(days)s days", days)
    field = forms.BooleanField(
        required=False,
        label=label % {"days": days},
        help_text=gettext("Only on a device that nobody else uses."),
    )
    field.is_check = True  # type: ignore[attr-defined]  # for the field's template
    form.fields["trust"] = field


def describe_policy(policy: PasswordPolicy) -> str:
    """Return what the user must know before choosing a password."""
    sentences = [gettext("At least %(min)s characters.") % {"min": policy.min_length}]
    if policy.min_character_types > 1:
        sentences.append(
            gettext("Mix at least %(min)s of: lower case, upper case, numbers, symbols.")
            % {"min": policy.min_character_types}
        )
    return " ".join(sentences)


def password_messages(error: AppError) -> list[str]:
    """Return one sentence for each issue of `password.rejected`."""
    sentences = {
        "password_rejected.too_short": gettext("Use at least %(min)s characters."),
        "password_rejected.too_long": gettext("Use at most %(max)s characters."),
        "password_rejected.character_types": gettext(
            "Mix at least %(min)s of: lower case, upper case, numbers, symbols."
        ),
        "password_rejected.unsupported_characters": gettext("Use only letters A–Z, numbers, symbols and spaces."),
        "password_rejected.pwned": gettext("This password appeared in a data leak. Choose another one."),
        "password_rejected.restricted.repetition": gettext("Avoid repeated characters."),
        "password_rejected.restricted.sequence": gettext("Avoid sequences such as “abc” or “123”."),
        "password_rejected.restricted.words": gettext("Avoid words that relate to this service."),
        "password_rejected.restricted.user_info": gettext("Avoid your name, email address and phone number."),
    }
    issues = error.data if isinstance(error.data, list) else []
    found = [
        sentences[issue["code"]] % (issue.get("interpolation") or {}) for issue in issues if issue["code"] in sentences
    ]
    return found or [error.message]
