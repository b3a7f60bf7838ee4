"""The kinds of connectors to choose from, and the connectors that a tenant has, by what they do."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.factories import ConnectorType, Factory, SocialFactory, get_factory, list_factories
from connectors.models import Connector
from connectors.policies import is_standard
from connectors.selectors import config_of, list_connectors, list_social_connections, target_of
from console.admin.ordered_field import OrderedChoice
from experience.services.settings import get_sign_in_experience

ICONS = {ConnectorType.EMAIL: "mail", ConnectorType.SMS: "sms", ConnectorType.SOCIAL: "account_circle"}
TITLES = {
    ConnectorType.EMAIL: gettext_lazy("Email"),
    ConnectorType.SMS: gettext_lazy("SMS"),
    ConnectorType.SOCIAL: gettext_lazy("Social sign-in"),
}


def look_of(factory: Factory | None) -> dict[str, str]:
    """Return what stands for a kind: its logos, or an icon."""
    return {
        "icon": ICONS[factory.type] if factory else "cable",
        "logo": static(factory.logo) if factory and factory.logo else "",
        "logo_dark": static(factory.logo_dark) if factory and factory.logo_dark else "",
    }


def gallery() -> list[dict[str, Any]]:
    """Return the kinds by what they do; of those that a tenant has once, where the one is that it has."""
    held = {row.factory_id: row for row in list_connectors()}
    return [
        {
            "slug": kind.value.lower(),
            "title": title,
            "lead": _lead(kind),
            "choices": [
                _choice(factory, held.get(factory.id))
                for factory in sorted(list_factories(), key=lambda one: one.name.lower())
                if factory.type == kind
            ],
        }
        for kind, title in TITLES.items()
    ]


def _lead(kind: ConnectorType) -> str:
    if kind is ConnectorType.SOCIAL:
        return _("Users sign in with an account they have elsewhere. You can set up as many as you like.")
    return _("A new connector takes the place of the one that carries the same kind of message.")


def _choice(factory: Factory, held: Connector | None) -> dict[str, Any]:
    is_taken = held is not None and isinstance(factory, SocialFactory) and not is_standard(factory)
    return {
        **look_of(factory),
        "name": factory.name,
        "text": factory.description,
        "note": _("Set up already") if is_taken else _("Standard: any number") if is_standard(factory) else "",
        "link": _page(held) if is_taken and held else f"?kind={factory.id}",
    }


def overview() -> dict[str, Any]:
    """Return the tenant's connectors: one or none for each kind of message, and the social ones."""
    rows = list_connectors()
    channels: list[dict[str, Any]] = []
    for kind in (ConnectorType.EMAIL, ConnectorType.SMS):
        found = next((row for row in rows if _factory(row).type == kind), None)
        channels.append(
            {
                "slug": kind.value.lower(),
                "title": TITLES[kind],
                "icon": ICONS[kind],
                "row": _row(found) if found else None,
            }
        )
    shown = get_sign_in_experience().wire["socialSignInConnectorTargets"]
    social = [
        {**_row(row), "target": target, "is_shown": target in shown}
        for row in rows
        if isinstance(factory := _factory(row), SocialFactory)
        for target in [target_of(factory, row.metadata)]
    ]
    social.sort(key=lambda row: (shown.index(row["target"]) if row["is_shown"] else len(shown), row["name"].lower()))
    return {"channels": channels, "social": social}


def social_buttons() -> list[OrderedChoice]:
    """Return what the sign-in page can have a button for: each target of a configured connector once."""
    rows = {row.id: row for row in list_connectors()}
    found: dict[str, OrderedChoice] = {}
    for connection in list_social_connections().values():
        if (row := rows.get(connection.id)) and connection.target not in found:
            look = {name: said for name, said in _row(row).items() if name in ("icon", "logo", "logo_dark")}
            found[connection.target] = OrderedChoice(
                value=connection.target, title=str(row), note=connection.target, look=look
            )
    return list(found.values())


def _factory(row: Connector) -> Factory:
    return get_factory(row.factory_id)


def _row(row: Connector) -> dict[str, Any]:
    factory = _factory(row)
    said = row.metadata
    look = look_of(factory)
    return {
        **look,
        "logo": said.get("logo") or look["logo"],
        "logo_dark": said.get("logoDark") or ("" if said.get("logo") else look["logo_dark"]),
        "name": str(row),
        "kind": factory.name,
        "platform": factory.platform.value if isinstance(factory, SocialFactory) else "",
        "is_configured": factory.is_configured(config_of(row)),
        "link": _page(row),
    }


def _page(row: Connector) -> str:
    return reverse("admin:connectors_connector_change", args=[row.pk])
