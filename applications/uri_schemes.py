"""Which schemes besides http(s) an application may be called back by: an app's own, never a system's.

A browser hands any scheme that it does not know to the operating system, so a redirect to `ms-msdt:` or `search-ms:`
starts a program of somebody else's choice with parameters that come from us.
"""

import re
from functools import cache

from publicsuffixlist import PublicSuffixList

_SHAPE = re.compile(r"(?P<scheme>[a-z][\d+_a-z-]*(?:\.[\d+_a-z-]+)*):(?P<slashes>//)?", re.ASCII)

# Names without a dot that the registry of URI schemes (IANA, RFC 7595) or a platform has given to somebody else.
_TAKEN = frozenset(
    """
    about acap acct acr adiumxtra admin adt afp afs aim android apt attachment aw barion bb beshare bitcoin blob
    bolo brid browserext cabal calculator callto cap cast casts chrome chrome-extension cid coap coaps content crid
    cvs dab dat data dav dhttp diaspora dict did dis dns dntp doi drm dtmi dtn dvb dvx dweb ed2k edge elsi ens
    ethereum facetime feed feedready file filesystem finger fm fmp ftp ftps geo gg git gitoid gizmoproject go gopher
    graph gtalk ham hcp help hxxp hxxps hydrazone hyper iax icap icon im imap imaps info intent iotdisco ipfs ipn
    ipns ipp ipps irc irc6 ircs itms itms-apps itms-services jabber jar javascript jms jnlp keyparc lastfm lbry ldap
    ldaps lid livescript lorawan lpa magnet mailserver mailto maps market matrix message microsoft-edge mid mms mmst
    modem mongodb msnim mss mt mtqp mumble mupdate mvn mvrp mvrps mxc news nfs ni nih nntp notes num ocf oid onenote
    onenote-cmd opaquelocktoken openid openpgp4fpr oscf otpauth palm paparazzi payment payto pkcs11 platform pop
    pop3 pops pres prospero proxy psyc pttp pwid qb query quic-transport redis rediss reload res resource rlogin rmi
    rsync rtmfp rtmp rtsp rtsps rtspu sarif search secondlife secret-token service session settings sftp sgn shc
    shell shelter shttp sieve simpleledger simplex sip sips skype smb smp sms smsto smtp snews snmp spiffe spotify
    ssb ssh starknet steam stun stuns submit svn swh swid swidpath tag taler teamspeak teapot teapots tel teliaeid
    telnet tftp things thismessage thread tip tn3270 tool turn turns tv udp unreal upt urn usb ut2004
    uuid-in-package v-event vbscript vemmi ventrilo ves videotex view-source vnc vscode-remote vsls w3 wais wasm wcr
    webcal webusb wifi wpid ws wss wtai wyciwyg xcon xcon-userid xfire xftp xmlrpc xmpp xrcp xri ymsgr z39 zoommtg
    """.split()  # noqa: SIM905 - read as words
)
# Whole families: Microsoft's and Apple's programs, handlers that web pages register, browsers' insides.
_TAKEN_FAMILY = re.compile(r"(?:ms|x|web|ext|moz|chrome|edge|search|shell|prefs|apple|itms|android|z39)[-+_]")

# Agents whose makers gave their app a scheme without a dot before anybody told them (RFC 8252 section 8.4).
_KNOWN_APPS = frozenset({"cursor", "vscode", "vscode-insiders", "windsurf"})


@cache
def _suffixes() -> PublicSuffixList:
    """The suffixes that registries have, without those of companies; read once, from the package."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def _names_domain(scheme: str) -> bool:
    """Whether a scheme is a domain name in reverse order, which its owner alone may use (RFC 8252 section 7.1)."""
    return "." in scheme and bool(_suffixes().is_public(scheme.partition(".")[0]))


def is_app_scheme(uri: str) -> bool:
    """Whether a URI, with its scheme in lower case, has a scheme that a developer may give to their own app.

    A domain name in reverse order, as `com.example.app:/callback`, or a name of the app's own, as `myapp://callback`.
    """
    found = _SHAPE.match(uri)
    if found is None:
        return False
    scheme = found["scheme"]
    if "." in scheme:
        return _names_domain(scheme)
    return bool(found["slashes"]) and scheme not in _TAKEN and not _TAKEN_FAMILY.match(scheme)


def is_unverified_app_scheme(uri: str) -> bool:
    """Whether a client that nobody here has checked may name this URI: one of a domain, or of an app that is known."""
    scheme = uri.partition(":")[0]
    return is_app_scheme(uri) and (_names_domain(scheme) or scheme in _KNOWN_APPS)
