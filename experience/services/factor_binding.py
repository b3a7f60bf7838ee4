"""Writing the factors of a journey to the account, at its submission."""

from common.actors import Actor
from experience.second_factors.staged import StagedFactors, unseal_totp_secret
from identity.factors.backup_codes.service import bind_backup_codes
from identity.factors.totp.service import bind_totp
from identity.factors.webauthn.ceremony import NewCredential
from identity.factors.webauthn.service import bind_passkey
from identity.models import User
from identity.security_notifications import notified_once


@notified_once()
def bind_staged_factors(user: User, staged: StagedFactors, *, actor: Actor) -> None:
    """Give the user the factors that were staged, and tell them once; new backup codes take the place of earlier ones.

    Raises `user.totp_already_in_use` if an authenticator app was set up elsewhere meanwhile.
    """
    if staged.totp:
        bind_totp(user, secret=unseal_totp_secret(staged.totp), step=staged.totp_step, actor=actor)
    for passkey in staged.passkeys:
        credential = {name: value for name, value in passkey.items() if name != "agent"}
        bind_passkey(user, credential=NewCredential.from_json(credential), agent=passkey["agent"], actor=actor)
    if staged.backup_codes:
        bind_backup_codes(user, hashes=staged.backup_codes, replace=True, actor=actor)
