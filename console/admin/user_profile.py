"""A user's profile as fields: the standard claims of OpenID Connect Core 1.0 section 5.1."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.admin.fields import text

# Form field -> where its value is in the profile.
_PLACES = {
    "given_name": ("givenName",),
    "family_name": ("familyName",),
    "middle_name": ("middleName",),
    "nickname": ("nickname",),
    "preferred_username": ("preferredUsername",),
    "profile_page": ("profile",),
    "website": ("website",),
    "gender": ("gender",),
    "birthdate": ("birthdate",),
    "zoneinfo": ("zoneinfo",),
    "locale": ("locale",),
    "street": ("address", "streetAddress"),
    "locality": ("address", "locality"),
    "region": ("address", "region"),
    "postal_code": ("address", "postalCode"),
    "country": ("address", "country"),
}
PROFILE_FIELDS = tuple(name for name, place in _PLACES.items() if len(place) == 1)
ADDRESS_FIELDS = tuple(name for name, place in _PLACES.items() if len(place) > 1)


class ProfileFields(forms.Form):
    """The claims; a form of users adds them to its own."""

    given_name = text(label=_("Given name"))
    family_name = text(label=_("Family name"))
    middle_name = text(label=_("Middle name"))
    nickname = text(label=_("Nickname"))
    preferred_username = text(label=_("Preferred username"))
    profile_page = text(label=_("Profile page"), placeholder="https://")
    website = text(label=_("Website"), placeholder="https://")
    gender = text(label=_("Gender"))
    birthdate = text(label=_("Birthdate"), placeholder="1990-12-31")
    zoneinfo = text(label=_("Time zone"), placeholder="Europe/Lisbon")
    locale = text(label=_("Locale"), placeholder="pt-PT")
    street = text(label=_("Street"))
    locality = text(label=_("City"))
    region = text(label=_("Region"))
    postal_code = text(label=_("Postal code"))
    country = text(label=_("Country"))

    def profile(self, stored: dict[str, Any]) -> dict[str, Any]:
        """Return `stored` with what the developer changed in it; an emptied field is left out."""
        profile = {**stored, "address": dict(stored.get("address") or {})}
        for name in _PLACES.keys() & set(self.changed_data):
            *way, key = _PLACES[name]
            holder = profile[way[0]] if way else profile
            if value := self.cleaned_data[name]:
                holder[key] = value
            else:
                holder.pop(key, None)
        return {key: value for key, value in profile.items() if value != {}}


def initial_profile(profile: dict[str, Any]) -> dict[str, Any]:
    """Return what the fields show of a profile."""
    address = profile.get("address") or {}
    return {name: (address if len(place) > 1 else profile).get(place[-1], "") for name, place in _PLACES.items()}
