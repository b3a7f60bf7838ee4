// One function a screen: what it shows, and what its form does. A form returns the path of the next screen.

import { api } from "./api.js";
import { attempt, finish, goOn, leaveToHosted, memory, readIdentifier } from "./journey.js";

const field = (name, label, options = {}) => ({ name, label, type: "text", ...options });
const PASSWORD = field("password", "Password", { type: "password", autocomplete: "current-password" });
const NEW_PASSWORD = field("password", "New password", { type: "password", autocomplete: "new-password" });
const CODE = field("code", "Code", { inputmode: "numeric", autocomplete: "one-time-code" });

async function sendCode(identifier, event, flow) {
  const { verificationId } = await api.sendCode(identifier, event);
  memory.set({ verificationId });
  return `/${flow}/verification-code`;
}

function social(settings) {
  return settings.socialConnectors.map((connector) => ({
    label: `Continue with ${connector.name.en ?? connector.target}`,
    press: async () => {
      const state = crypto.randomUUID();
      await api.start("SignIn");
      const back = `${location.origin}/callback/${connector.id}`;
      const { authorizationUri, verificationId } = await api.socialStart(connector.id, state, back);
      memory.set({ event: "SignIn", state, verificationId });
      location.assign(authorizationUri);
      return new Promise(() => {});
    },
  }));
}

function signIn(settings) {
  return {
    title: "Sign in",
    fields: [field("identifier", "Email, phone or username", { autocomplete: "username" })],
    submit: "Continue",
    async send({ identifier: text }) {
      const identifier = readIdentifier(text);
      const method = settings.signIn.methods.find((each) => each.identifier === identifier.type);
      await api.start("SignIn");
      memory.set({ event: "SignIn", identifier });
      const byCode = method?.verificationCode && !(method.password && method.isPasswordPrimary);
      return byCode ? sendCode(identifier, "SignIn", "sign-in") : "/sign-in/password";
    },
    buttons: social(settings),
    links: [
      ...(settings.signInMode === "SignIn" ? [] : [["Create an account", "/register"]]),
      ...(settings.forgotPassword.email || settings.forgotPassword.phone ? [["Forgot your password?", "/forgot-password"]] : []),
    ],
  };
}

const password = () => ({
  title: "Enter your password",
  text: memory.get().identifier?.value,
  fields: [PASSWORD],
  submit: "Sign in",
  async send({ password }) {
    const { verificationId } = await api.password(memory.get().identifier, password);
    await api.identify(verificationId);
    return finish();
  },
  links: [["Back", "/sign-in"]],
});

function register(settings) {
  const kinds = settings.signUp.identifiers;
  return {
    title: "Create an account",
    fields: kinds.length ? [field("identifier", kinds.join(" or "), { autocomplete: "username" })] : [],
    submit: kinds.length ? "Continue" : "",
    async send({ identifier: text }) {
      const identifier = readIdentifier(text);
      await api.start("Register");
      memory.set({ event: "Register", identifier });
      if (identifier.type !== "username") return sendCode(identifier, "Register", "register");
      await api.addProfile({ type: "username", value: identifier.value });
      return goOn();
    },
    buttons: social(settings),
    links: [["I have an account", "/sign-in"]],
  };
}

const code = (_settings, flow) => ({
  title: "Enter the code",
  text: `We sent it to ${memory.get().identifier?.value}.`,
  fields: [CODE],
  submit: "Continue",
  async send({ code }) {
    const { identifier, verificationId, event } = memory.get();
    await api.verifyCode(identifier, verificationId, code.replace(/\D/g, ""));
    if (flow === "continue") {
      await api.addProfile({ type: identifier.type, verificationId });
      return goOn();
    }
    try {
      await api.identify(verificationId);
    } catch (error) {
      // The address has shown to be somebody's, or nobody's: the other way is the right one.
      const other = { "user.user_not_exist": "Register", [`user.${identifier.type}_already_in_use`]: "SignIn" }[error.code];
      if (!other || event === "ForgotPassword") throw error;
      await api.changeEvent(other);
      memory.set({ event: other });
      await api.identify(verificationId);
    }
    return finish();
  },
  buttons: [{
    label: "Send another code",
    press: () => sendCode(memory.get().identifier, memory.get().event, flow),
  }],
});

function missing(settings, part) {
  if (part === "password") {
    return {
      title: "Choose a password",
      fields: [NEW_PASSWORD],
      submit: "Continue",
      async send({ password }) {
        await api.addProfile({ type: "password", value: password });
        return goOn();
      },
    };
  }
  if (part === "extra-profile") return leaveToHosted("/continue/extra-profile");
  return {
    title: `Add your ${part === "emailOrPhone" ? "email or phone" : part}`,
    fields: [field("identifier", part)],
    submit: "Continue",
    async send({ identifier: text }) {
      const identifier = part === "username" ? { type: "username", value: text.trim() } : readIdentifier(text);
      if (identifier.type === "username") {
        await api.addProfile({ type: "username", value: identifier.value });
        return goOn();
      }
      memory.set({ identifier });
      return sendCode(identifier, memory.get().event, "continue");
    },
  };
}

const forgot = () => ({
  title: "Reset your password",
  fields: [field("identifier", "Email or phone", { autocomplete: "username" })],
  submit: "Send code",
  async send({ identifier: text }) {
    const identifier = readIdentifier(text);
    await api.start("ForgotPassword");
    memory.set({ event: "ForgotPassword", identifier });
    return sendCode(identifier, "ForgotPassword", "forgot-password");
  },
  links: [["Back", "/sign-in"]],
});

const reset = () => ({
  title: "Choose a new password",
  fields: [NEW_PASSWORD],
  submit: "Save",
  async send({ password }) {
    await api.newPassword(password);
    return finish();
  },
});

function secondFactor(_settings, factor) {
  const verify = { Totp: api.totp, BackupCode: api.backupCode }[factor];
  if (!verify) return leaveToHosted(`/mfa-verification/${factor}`);
  return {
    title: factor === "Totp" ? "Enter the code of your authenticator app" : "Enter a backup code",
    fields: [CODE],
    submit: "Continue",
    async send({ code }) {
      await verify(code.replace(/\s/g, ""));
      return goOn();
    },
    links: [["Another way", "/mfa-verification?pages=hosted"]],
  };
}

async function callback(_settings, connectorId) {
  const data = Object.fromEntries(new URLSearchParams(location.search));
  const { state, verificationId } = memory.get();
  if (!state || data.state !== state) throw new Error("This sign-in was started elsewhere. Start again.");
  memory.set({ state: "" });
  await api.socialFinish(connectorId, verificationId, { ...data, redirectUri: location.origin + location.pathname });
  try {
    await api.identify(verificationId);
  } catch (error) {
    // Linking by a shared address asks the user first, which the hosted page does.
    if (error.data?.relatedUser) return leaveToHosted(`/social/link/${connectorId}`);
    if (error.code !== "user.identity_not_exist") throw error;
    await api.changeEvent("Register");
    memory.set({ event: "Register" });
    await api.identify(verificationId);
  }
  return finish();
}

async function consent() {
  const asked = await api.consent();
  const scopes = asked.missingResourceScopes?.flatMap((each) => each.scopes.map((scope) => scope.name)) ?? [];
  return {
    title: `Let ${asked.application.displayName ?? asked.application.name} use your account?`,
    text: [...(asked.missingOIDCScope ?? []), ...scopes].join(", "),
    choices: asked.organizations,
    submit: "Allow",
    async send(_values, chosen) {
      location.replace((await api.agree(chosen)).redirectTo);
      return new Promise(() => {});
    },
    links: [["Something else", "/consent?pages=hosted"]],
  };
}

async function magicLink() {
  const query = new URLSearchParams(location.search);
  await api.start("SignIn");
  memory.set({ event: "SignIn" });
  const identifier = { type: "email", value: query.get("login_hint") };
  return {
    title: `Continue as ${identifier.value}?`,
    submit: "Continue",
    async send() {
      const { verificationId } = await api.magicLink(identifier, query.get("one_time_token"));
      try {
        await api.identify(verificationId);
      } catch (error) {
        if (error.code !== "user.user_not_exist") throw error;
        await api.changeEvent("Register");
        memory.set({ event: "Register" });
        await api.identify(verificationId);
      }
      return finish();
    },
  };
}

const SCREENS = [
  [/^\/(?:sign-in|identifier-sign-in)$/, signIn],
  [/^\/sign-in\/password$/, password],
  [/^\/(?:register|identifier-register)$/, register],
  [/^\/(sign-in|register|forgot-password|continue)\/verification-code$/, code],
  [/^\/continue\/(\w+|extra-profile)$/, missing],
  [/^\/(?:forgot-password|reset-password)$/, forgot],
  [/^\/forgot-password\/reset$/, reset],
  [/^\/mfa-verification\/(\w+)$/, secondFactor],
  [/^\/callback\/(?:social\/)?(\w+)$/, callback],
  [/^\/consent$/, consent],
];

// What a screen shows; a string leads to another one at once.
export async function screenOf(settings) {
  const first = /^\/(sign-in|register)$/.test(location.pathname);
  if (first && new URLSearchParams(location.search).has("one_time_token")) return magicLink();
  for (const [pattern, screen] of SCREENS) {
    const match = pattern.exec(location.pathname);
    if (match) return attempt(() => screen(settings, match[1]));
  }
  // Everything else there is: setting up factors, passkeys, single sign-on.
  return leaveToHosted(location.pathname);
}
