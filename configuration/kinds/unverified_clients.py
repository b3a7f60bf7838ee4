"""Clients that nobody here has checked: whether they are let in, and what they may ask users for."""

from applications.cimd.service import switch_cimd
from applications.cimd.stand_in import ensure_stand_in, find_stand_in
from applications.cimd.switch import CIMD_SETTING, is_cimd_on
from applications.registration.client_registration import change_registration_settings
from applications.registration.settings import REGISTRATION_SETTING, registration_settings
from common.shapes import Flag
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.consent import CONSENT, consent_form, read_consents, set_consent
from configuration.kinds.shapes import closed, form_shape


class UnverifiedClients(NoSecrets):
    """`consent` is the ceiling for all of them. Tokens that permit to register are credentials and not among it."""

    section = "unverifiedClients"
    shape = form_shape(
        {"metadataDocuments": Flag(), "registration": closed(REGISTRATION_SETTING.shape), "consent": CONSENT}
    )
    options = Options(is_single=True, merged=frozenset({"registration", "consent"}))
    covers = ()
    settings = (CIMD_SETTING.key, REGISTRATION_SETTING.key)

    def read(self, reading: Reading) -> list[Item]:
        stand_in = find_stand_in()
        form = {
            "metadataDocuments": is_cimd_on(),
            "registration": registration_settings().as_json(),
            "consent": read_consents()[stand_in.id] if stand_in else consent_form([], [], [], []),
        }
        return [Item(self.section, form, self.section, protected=True)]

    def create(self, form: Form, change: Change) -> None:
        self._set(form, frozenset(form), change)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        self._set(form, names, change)

    def delete(self, item: Item, change: Change) -> None:
        """It is protected."""

    def _set(self, form: Form, names: frozenset[str], change: Change) -> None:
        if "metadataDocuments" in names:
            switch_cimd(is_on=form["metadataDocuments"], actor=change.actor)
        if "registration" in names:
            change_registration_settings(form["registration"], actor=change.actor)
        if "consent" in names:
            set_consent(ensure_stand_in(), form["consent"], path="consent", actor=change.actor)
