"""Authenticator apps as a kind of factor."""

from collections.abc import Mapping
from typing import Any

from common.actors import Actor
from common.shapes import Members, Shape, Text
from identity.factor_types import FactorType
from identity.factors.totp.codes import new_secret, provisioning_uri, qr_code_png
from identity.factors.totp.service import account_name, bind_totp
from identity.models import Factor, User

# A secret has 32 characters at most; a longer text is told that it is none.
_MAX_TEXT = 256


class TotpKind:
    """An authenticator app; a developer may bring the secret of another system."""

    type: FactorType = FactorType.TOTP
    creation: Shape | None = Members({"secret": Text(max_length=_MAX_TEXT)})

    def describe(self, factor: Factor) -> dict[str, Any]:
        return {}

    def is_usable(self, factor: Factor) -> bool:
        return True

    def create(self, user: User, values: Mapping[str, Any], *, issuer: str, actor: Actor) -> dict[str, Any]:
        """Return the secret and its QR code. Raises `user.totp_already_in_use` and `user.totp_secret_invalid`."""
        secret = values["secret"] if "secret" in values else new_secret()
        bind_totp(user, secret=secret, actor=actor)
        uri = provisioning_uri(secret, account=account_name(user), issuer=issuer)
        return {"secret": secret, "secretQrCode": qr_code_png(uri)}
