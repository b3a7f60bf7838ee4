"""A configuration that says something of every kind, and the secrets that it refers to."""

import textwrap

from tests.connectors.enterprise.initech import MANUAL

SECRETS = {
    "SMTP_PASSWORD": "smtp-password-of-orchard",
    "TWILIO_TOKEN": "twilio-token-of-orchard",
    "GOOGLE_SECRET": "google-secret-of-orchard",
    "TURNSTILE_SECRET": "turnstile-secret-of-orchard",
    "CLAIMS_KEY": "claims-key-of-orchard",
    "HOOK_KEY": "hook-key-of-orchard",
    "ACTION_KEY": "action-key-of-orchard",
}

_CERTIFICATE = textwrap.indent(MANUAL["x509Certificate"].strip(), " " * 8).strip()

WHOLE = f"""version: 1
resources:
  - indicator: https://api.orchard.example
    name: Orchard API
    isDefault: true
    accessTokenTtl: 1800
    accessTokenHeaderType: JWT
    permissions:
      - name: pick:apples
        description: Pick apples
      - name: read:trees
roles:
  - name: Picker
    description: Picks what is ripe
    isDefault: true
    permissions:
      https://api.orchard.example: [pick:apples, read:trees]
  - name: Press
    description: The machine in the cellar
    type: MachineToMachine
    permissions:
      "@management-api": [all]
organizationPermissions:
  - name: read:harvest
    description: See what was picked
organizationRoles:
  - name: farmer
    description: Runs a farm
    permissions: [read:harvest]
    resourcePermissions:
      https://api.orchard.example: [read:trees]
emailConnector:
  connector: simple-mail-transfer-protocol
  config:
    host: smtp.orchard.example
    port: 587
    fromEmail: hello@orchard.example
    auth: {{user: orchard, pass: "${{env:SMTP_PASSWORD}}"}}
smsConnector:
  connector: twilio-short-message-service
  config: {{accountSID: AC0123, authToken: "${{env:TWILIO_TOKEN}}", fromMessagingServiceSID: MG0123}}
socialConnectors:
  - connector: google-universal
    config: {{clientId: orchard, clientSecret: "${{env:GOOGLE_SECRET}}"}}
    syncProfile: true
  - connector: oauth2
    target: press
    metadata: {{name: {{en: The Press}}}}
ssoConnectors:
  - name: Initech
    provider: SAML
    domains: [initech.example]
    branding: {{displayName: Initech people}}
    config:
      entityId: {MANUAL["entityId"]}
      signInEndpoint: {MANUAL["signInEndpoint"]}
      signAuthnRequest: true
      x509Certificate: |
        {_CERTIFICATE}
emailTemplates:
  - templateType: SignIn
    languageTag: en
    details:
      subject: Your code
      content: "Hello, {{{{code}}}}"
      contentType: text/plain
organizations:
  - name: North Farm
    description: On the hill
    customData: {{plan: large}}
    isMfaRequired: true
    branding: {{logoUrl: "https://orchard.example/logo.png"}}
    justInTime:
      emailDomains: [north.example]
      roles: [farmer]
      ssoConnectors: [Initech]
applications:
  - name: Shop
    type: Traditional
    description: Sells apples
    oidcClientMetadata:
      redirectUris: [https://shop.orchard.example/callback]
      postLogoutRedirectUris: [https://shop.orchard.example]
    customClientMetadata: {{rotateRefreshToken: true, refreshTokenTtlInDays: 7}}
    customData: {{color: red, "no": "yes"}}
    accessControl:
      enabled: true
      roles: [Picker]
      organizations: [North Farm]
      organizationRoles: {{North Farm: [farmer]}}
    signInExperience: {{displayName: The shop, color: {{primaryColor: "#aa0000"}}}}
  - name: Partner
    type: SPA
    isThirdParty: true
    consent:
      userScopes: [email, profile]
      permissions: {{https://api.orchard.example: [read:trees]}}
      organizationPermissions: [read:harvest]
      organizationResourcePermissions: {{https://api.orchard.example: [read:trees]}}
  - name: Cellar
    type: MachineToMachine
    isAdmin: false
    roles: [Press]
  - name: Wiki
    type: SAML
    saml:
      entityId: https://wiki.orchard.example
      acsUrl: {{binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", url: "https://wiki.orchard.example/acs"}}
      attributeMapping: {{email: mail}}
idpInitiatedSignIns:
  - connector: Initech
    application: Shop
    sendsAuthorizationRequest: true
    authParameters: {{ui_locales: en}}
unverifiedClients:
  metadataDocuments: true
  registration: {{enabled: true, maxClients: 7}}
  consent: {{userScopes: [profile]}}
profileFields:
  - {{name: company, type: Text, label: Company, required: true, config: {{maxLength: 80}}}}
  - name: variety
    type: Select
    label: Favorite variety
    required: false
    config: {{options: [{{label: Boskoop, value: b}}, {{label: Elstar, value: e}}]}}
captcha:
  type: Turnstile
  config: {{siteKey: 0x4AAA, secretKey: "${{env:TURNSTILE_SECRET}}"}}
phrases:
  - languageTag: sv-SE
    translation: {{action: {{sign_in: Logga in i trädgården}}}}
signInExperience:
  color: {{primaryColor: "#336633", isDarkModeEnabled: false, darkPrimaryColor: "#99cc99"}}
  languageInfo: {{autoDetect: false, fallbackLanguage: sv-SE}}
  customCss: |
    main {{
      border-radius: 8px;
    }}
  signIn:
    methods:
      - {{identifier: email, password: true, verificationCode: true, isPasswordPrimary: true}}
  signUp: {{identifiers: [email], password: true, verify: true}}
  mfa: {{factors: [Totp, BackupCode], policy: Mandatory}}
  socialSignInConnectorTargets: [google]
  captchaPolicy: {{enabled: true}}
  forgotPasswordMethods: [EmailVerificationCode]
  passwordExpiration: {{enabled: true, validPeriodDays: 90}}
  singleSignOnEnabled: true
  signUpProfileFields: [{{name: company}}]
accountCenter:
  enabled: true
  fields: {{name: Edit, email: ReadOnly}}
customClaims:
  - token: access-token
    script: |
      const getCustomJwtClaims = async () => {{
        return {{ farm: "north" }};
      }};
    environmentVariables: {{KEY: "${{env:CLAIMS_KEY}}"}}
actions:
  - moment: action.postSignIn
    script: const runAction = () => {{}};
    environmentVariables: {{KEY: "${{env:ACTION_KEY}}"}}
webhooks:
  - name: Orders
    events: [User.Created, User.Deleted]
    config: {{url: "https://hooks.orchard.example/orders", headers: {{X-Key: "${{env:HOOK_KEY}}"}}, retries: 2}}
    isOrdered: true
settings:
  session: {{ttl: 86400}}
  idToken: {{enabledExtendedClaims: [roles]}}
  organizationSignIn: {{enabled: true}}
  securityNotifications: {{enabled: false}}
  auditLog: {{retentionDays: 30}}
"""
