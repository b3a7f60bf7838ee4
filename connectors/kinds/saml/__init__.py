"""Any SAML identity provider."""

from common.saml.bindings import RSA_SHA256, RSA_SHA512
from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import TRUST_EMAIL
from connectors.kinds.saml.config import NAME_ID_FORMATS, SamlConfig
from connectors.kinds.saml.connector import NAME_ID, SamlConnector

_PEM = "-----BEGIN PRIVATE KEY-----"

register(
    SocialFactory(
        id="saml",
        name="SAML",
        description="Sign in with any SAML 2.0 identity provider.",
        connector=SamlConnector(),
        config=SamlConfig,
        is_standard=True,
        callback_path="/api/authn/saml/",
        logo="connectors/logos/saml.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem(
                "entityID",
                "Entity ID of Gatehouse",
                required=True,
                placeholder="https://id.example.com/saml",
                description="By which the identity provider knows this connector; any address of yours will do.",
            ),
            FormItem("idpMetadataXml", "Metadata of the identity provider", type="MultilineText", required=True),
            FormItem(
                "signInEndpoint",
                "Sign-in endpoint",
                placeholder="https://idp.example.com/sso",
                description="If the metadata has none for HTTP-Redirect.",
                is_advanced=True,
            ),
            FormItem(
                "x509Certificate",
                "Signing certificate",
                type="MultilineText",
                description="Accepted besides those of the metadata.",
                is_advanced=True,
            ),
            FormItem(
                "profileMap",
                "Profile",
                type="Json",
                description="Which attribute of an assertion has what.",
                parts=(
                    FormItem("id", "User's ID", placeholder=NAME_ID),
                    FormItem("name", "Name", placeholder="name"),
                    FormItem("avatar", "Avatar", placeholder="avatar"),
                    FormItem("email", "Email", placeholder="email"),
                ),
            ),
            TRUST_EMAIL,
            FormItem(
                "nameIDFormat",
                "NameID format",
                type="Select",
                choices=tuple((name, name.rpartition(":")[2]) for name in NAME_ID_FORMATS),
                is_advanced=True,
            ),
            FormItem("signAuthnRequest", "Sign requests", type="Switch", default=False, is_advanced=True),
            FormItem(
                "requestSignatureAlgorithm",
                "Signature algorithm",
                type="Select",
                default=RSA_SHA256,
                choices=((RSA_SHA256, "RSA with SHA-256"), (RSA_SHA512, "RSA with SHA-512")),
                shown_if={"signAuthnRequest": True},
                is_advanced=True,
            ),
            FormItem(
                "privateKey",
                "Private key for signatures",
                type="MultilineText",
                placeholder=_PEM,
                is_confidential=True,
                shown_if={"signAuthnRequest": True},
                is_advanced=True,
            ),
            FormItem("encryptAssertion", "Assertions are encrypted", type="Switch", default=False, is_advanced=True),
            FormItem(
                "encPrivateKey",
                "Private key for decryption",
                type="MultilineText",
                placeholder=_PEM,
                is_confidential=True,
                shown_if={"encryptAssertion": True},
                is_advanced=True,
            ),
            FormItem(
                "assertionConsumerServiceUrl",
                "Assertion consumer service",
                placeholder="https://id.example.com/api/authn/saml/…",
                description="If the provider reaches this installation by another address than users do.",
                is_advanced=True,
            ),
        ),
    )
)
