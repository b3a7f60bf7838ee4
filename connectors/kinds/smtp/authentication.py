"""Credentials for an SMTP server (RFC 4954): username and password, or an access token.

Both are in UTF-8, as RFC 4616 section 2 has them; the library's own would take ASCII alone.
"""

import base64
import binascii
import hmac
import smtplib
from collections.abc import Callable

from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.smtp.replies import refusal

_ACCEPTED = 235
_CONTINUE = 334

Reply = tuple[int, bytes]


def authenticate(server: smtplib.SMTP, user: str, password: str) -> None:
    """Log in by one of the mechanisms that the server offers. Raises `DeliveryError`.

    Some servers offer a mechanism that they cannot verify; then the next one is tried.
    """
    offered = server.esmtp_features.get("auth", "").upper().split()
    refused = DeliveryError(FailureKind.CREDENTIALS_NOT_ASKED)
    for name, mechanism in _MECHANISMS.items():
        if name in offered:
            code, text = mechanism(server, user, password)
            if code == _ACCEPTED:
                return
            refused = refusal(FailureKind.CREDENTIALS_REFUSED, code, text)
    raise refused


def authenticate_by_token(server: smtplib.SMTP, user: str, token: str) -> None:
    """Log in with an access token, by Google's mechanism or that of RFC 7628. Raises `DeliveryError`."""
    offered = server.esmtp_features.get("auth", "").upper().split()
    if "XOAUTH2" in offered:
        # https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
        name, said = "XOAUTH2", f"user={user}\1auth=Bearer {token}\1\1"
    elif "OAUTHBEARER" in offered:
        # RFC 5801 section 4: a comma and an equals sign of a name are encoded.
        name, said = "OAUTHBEARER", f"n,a={user.replace('=', '=3D').replace(',', '=2C')},\1auth=Bearer {token}\1\1"
    else:
        raise DeliveryError(FailureKind.CREDENTIALS_NOT_ASKED)
    code, text = server.docmd("AUTH", f"{name} {_encode(said)}")
    if code == _CONTINUE:
        # A refusal comes as a challenge; the server says the rest once the client gives up (RFC 7628 section 3.2.3).
        code, text = server.docmd("AQ==" if name == "OAUTHBEARER" else "")
    if code != _ACCEPTED:
        raise refusal(FailureKind.CREDENTIALS_REFUSED, code, text)


def _plain(server: smtplib.SMTP, user: str, password: str) -> Reply:
    return server.docmd("AUTH", "PLAIN " + _encode(f"\0{user}\0{password}"))


def _login(server: smtplib.SMTP, user: str, password: str) -> Reply:
    reply = server.docmd("AUTH", "LOGIN")
    for part in (user, password):
        if reply[0] != _CONTINUE:
            break
        reply = server.docmd(_encode(part))
    return reply


def _cram_md5(server: smtplib.SMTP, user: str, password: str) -> Reply:
    """RFC 2195: the password itself is not sent."""
    code, challenge = server.docmd("AUTH", "CRAM-MD5")
    if code != _CONTINUE:
        return code, challenge
    try:
        content = base64.b64decode(challenge, validate=True)
    except binascii.Error as error:
        raise DeliveryError(FailureKind.UNEXPECTED_ANSWER) from error
    return server.docmd(_encode(f"{user} {hmac.new(password.encode(), content, 'md5').hexdigest()}"))


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


# In order of preference.
_MECHANISMS: dict[str, Callable[[smtplib.SMTP, str, str], Reply]] = {
    "CRAM-MD5": _cram_md5,
    "PLAIN": _plain,
    "LOGIN": _login,
}
