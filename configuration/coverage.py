"""What of a tenant's configuration no file has, and why. `docs/configuration-as-code.md` says the same in words.

`tests/configuration/test_coverage.py` fails for a configuration model or a setting that no kind covers and that is not
here: whoever adds one decides which it is.
"""

from collections.abc import Mapping

_KEYS = "Keys belong to one environment: a copy would sign for another."
_UPLOADS = "Uploaded files are not text."

# Model's label -> reason.
MODELS_LEFT_OUT: Mapping[str, str] = {
    "applications.ApplicationSecret": "A credential: a new application gets its own.",
    "connectors.SsoSigningKey": _KEYS,
    "saml.SamlApplicationSecret": _KEYS,
    "tenants.Domain": "A host name belongs to one environment, and is proved there by its DNS.",
    "tenants.SigningKey": _KEYS,
    "tenants.TenantSetting": "The table of settings, each of which a kind covers.",
}
# Setting's key -> reason.
SETTINGS_LEFT_OUT: Mapping[str, str] = {
    "adminConsole": "What developers have seen of the console.",
    "managementApiLimits": "How much load an environment bears; it limits the API by which a file is applied, too.",
}
# Member of the sign-in experience on the wire -> reason.
SIGN_IN_EXPERIENCE_LEFT_OUT: Mapping[str, str] = {"customUiAssets": _UPLOADS}
