"""What the overview shows of a tenant's activity: who was active, how sign-ins ended, with what."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.clock import now
from console.charts import line_chart
from events.figures.activity import Comparison, read_activity
from events.figures.days import read_days
from identity.growth import count_new_users

_DAYS = 30
_EARLIEST, _LATEST = date(1970, 1, 1), date(9000, 1, 1)

_PROOFS = {
    "Password": gettext_lazy("Password"),
    "EmailVerificationCode": gettext_lazy("Code by email"),
    "PhoneVerificationCode": gettext_lazy("Code by text message"),
    "MfaEmailVerificationCode": gettext_lazy("Code by email, as second factor"),
    "MfaPhoneVerificationCode": gettext_lazy("Code by text message, as second factor"),
    "Social": gettext_lazy("Social account"),
    "EnterpriseSso": gettext_lazy("Enterprise SSO"),
    "Totp": gettext_lazy("Authenticator app"),
    "WebAuthn": gettext_lazy("Passkey, as second factor"),
    "SignInPasskey": gettext_lazy("Passkey"),
    "BackupCode": gettext_lazy("Backup code"),
    "OneTimeToken": gettext_lazy("Magic link"),
}


@dataclass(frozen=True, slots=True)
class Active:
    """Active users of a day, week or month, and the change to the one before."""

    label: str
    count: str
    delta: str
    is_less: bool
    compared: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A way to prove oneself: in how many sign-ins, and in which share of them, in percent."""

    name: str
    count: str
    percent: int


def day_of(text: str) -> date:
    """Return the day that a developer has chosen; today (UTC) if it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = now().date()
    return day if _EARLIEST <= day <= _LATEST else now().date()


def activity_context(day: date) -> dict[str, Any]:
    """Return what the overview shows of thirty days up to one. 3 statements."""
    activity, days = read_activity(day), read_days(day, count=_DAYS)
    sign_ins, refused = sum(each.sign_ins for each in days), sum(each.refused_proofs for each in days)
    attempts = sign_ins + refused
    proofs: dict[str, int] = {}
    for each in days:
        for name, count in each.proofs.items():
            proofs[name] = proofs.get(name, 0) + count
    return {
        "day": day,
        "chart": line_chart(activity.curve),
        "active": [
            _active(_("Daily active"), activity.day, _("the day before")),
            _active(_("Weekly active"), activity.week, _("the 7 days before")),
            _active(_("Monthly active"), activity.month, _("the 30 days before")),
        ],
        "sign_ins": f"{sign_ins:,}",
        "refused": f"{refused:,}",
        "success": round(sign_ins * 100 / attempts) if attempts else None,
        "registrations": f"{sum(each.registrations for each in days):,}",
        "tokens": [
            (label, f"{sum(getattr(each, name) for each in days):,}")
            for label, name in (
                (_("For users"), "user_tokens"),
                (_("For machines"), "machine_tokens"),
                (_("ID tokens"), "id_tokens"),
                (_("Refresh tokens"), "refresh_tokens"),
            )
        ],
        "proofs": [
            Proof(str(_PROOFS.get(name, name)), f"{count:,}", round(count * 100 / max(sign_ins, count)))
            for name, count in sorted(proofs.items(), key=lambda row: -row[1])
        ],
        "new_users": line_chart(list(count_new_users(day, days=_DAYS).items())),
    }


def _active(label: str, numbers: Comparison, compared: str) -> Active:
    return Active(label, f"{numbers.count:,}", f"{numbers.delta:+,}", numbers.delta < 0, compared)
