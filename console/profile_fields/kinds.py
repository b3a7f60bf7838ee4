"""The types of fields in plain words, and the names that a field of each may have."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from experience.profile_fields.names import ADDRESS, ADDRESS_PARTS, FULL_NAME, FULL_NAME_PARTS
from experience.profile_fields.shapes import Type

Words = str | Promise


class Kind(NamedTuple):
    """A type: what it is called, what it takes, its icon, and the names with a place of their own that fit it."""

    title: Words
    text: Words
    icon: str
    names: tuple[str, ...] = ()


_TEXTS = ("name", *FULL_NAME_PARTS, "nickname", "gender", "zoneinfo", "locale")

# In the order in which they are offered.
KINDS: Mapping[str, Kind] = {
    Type.TEXT: Kind(_("Text"), _("One line: a company, a nickname."), "short_text", _TEXTS),
    Type.FULLNAME: Kind(_("Full name"), _("First, middle and last name."), "badge", (FULL_NAME,)),
    Type.ADDRESS: Kind(_("Address"), _("Street, city, postal code, country."), "home_pin", (ADDRESS,)),
    Type.DATE: Kind(_("Date"), _("A date of birth, or any other day."), "calendar_month", ("birthdate",)),
    Type.NUMBER: Kind(_("Number"), _("An age, a number of employees."), "pin"),
    Type.SELECT: Kind(_("Select"), _("One of the options that you list."), "list", ("gender", "zoneinfo", "locale")),
    Type.CHECKBOX: Kind(_("Checkbox"), _("A box that may be ticked, such as for a newsletter."), "check_box"),
    Type.URL: Kind(_("Link"), _("An http(s) address: a website, a picture."), "link", ("avatar", "profile", "website")),
    Type.REGEX: Kind(
        _("Pattern"), _("A text of a certain form: a license plate, a tax number."), "regular_expression", _TEXTS
    ),
}

#: What names with a place of their own are called here.
NAMES: Mapping[str, Words] = {
    "name": _("Name"),
    "avatar": _("Avatar"),
    "nickname": _("Nickname"),
    "gender": _("Gender"),
    "birthdate": _("Birthdate"),
    "zoneinfo": _("Time zone"),
    "locale": _("Locale"),
    "profile": _("Profile page"),
    "website": _("Website"),
    FULL_NAME: _("Full name"),
    "givenName": _("First name"),
    "middleName": _("Middle name"),
    "familyName": _("Last name"),
    ADDRESS: _("Address"),
    "formatted": _("Full address"),
    "streetAddress": _("Street and number"),
    "locality": _("City"),
    "region": _("State or region"),
    "postalCode": _("Postal code"),
    "country": _("Country"),
}

PARTS: Mapping[str, tuple[str, ...]] = {Type.ADDRESS: ADDRESS_PARTS, Type.FULLNAME: FULL_NAME_PARTS}
#: Those that a new field has.
FIRST_PARTS: Mapping[str, tuple[str, ...]] = {
    Type.ADDRESS: ("streetAddress", "postalCode", "locality", "country"),
    Type.FULLNAME: ("givenName", "familyName"),
}
