// The Experience API. The browser's cookie says which sign-in a call belongs to, so calls go to the page's own origin.

export class ApiError extends Error {
  constructor({ code, message, data }) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const said = text ? JSON.parse(text) : undefined;
  if (!answer.ok) throw new ApiError(said ?? { code: "unknown", message: "Something went wrong." });
  return said;
}

const experience = (method, path, body) => call(method, `/api/experience${path}`, body);
const verification = (path, body) => experience("POST", `/verification${path}`, body);

export const api = {
  settings: () => call("GET", "/api/.well-known/sign-in-exp"),
  // `captchaToken` is what the widget of `captchaConfig` in the settings gives, where the tenant asks for one.
  start: (interactionEvent, captchaToken) => experience("PUT", "", { interactionEvent, captchaToken }),
  changeEvent: (interactionEvent) => experience("PUT", "/interaction-event", { interactionEvent }),
  identify: (verificationId) => experience("POST", "/identification", { verificationId }),
  submit: () => experience("POST", "/submit"),

  password: (identifier, password) => verification("/password", { identifier, password }),
  sendCode: (identifier, interactionEvent) => verification("/verification-code", { identifier, interactionEvent }),
  verifyCode: (identifier, verificationId, code) =>
    verification("/verification-code/verify", { identifier, verificationId, code }),
  totp: (code) => verification("/totp/verify", { code }),
  backupCode: (code) => verification("/backup-code/verify", { code }),
  magicLink: (identifier, token) => verification("/one-time-token/verify", { identifier, token }),
  socialStart: (id, state, redirectUri) => verification(`/social/${id}/authorization-uri`, { state, redirectUri }),
  socialFinish: (id, verificationId, connectorData) =>
    verification(`/social/${id}/verify`, { verificationId, connectorData }),

  addProfile: (part) => experience("POST", "/profile", part),
  newPassword: (password) => experience("PUT", "/profile/password", { password }),

  consent: () => call("GET", "/api/interaction/consent"),
  agree: (organizationIds) => call("POST", "/api/interaction/consent", { organizationIds }),
};
