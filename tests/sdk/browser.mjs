// A browser without a screen: keeps cookies, follows redirects, and speaks the Experience API as the hosted pages do.
import makeFetchCookie from "fetch-cookie";
import { CookieJar } from "tough-cookie";

const MAX_REDIRECTS = 15;

export class Browser {
  constructor(endpoint) {
    this.endpoint = endpoint;
    this.fetch = makeFetchCookie(fetch, new CookieJar());
  }

  /** Follow redirects from `url` until a page answers, or the next address starts with `until`; return that address. */
  async follow(url, until) {
    let current = url;
    for (let hop = 0; hop < MAX_REDIRECTS; hop += 1) {
      if (until && current.startsWith(until)) return current;
      const response = await this.fetch(current, { redirect: "manual" });
      const location = response.headers.get("location");
      if (!location) {
        this.lastResponse = response;
        return current;
      }
      current = new URL(location, current).href;
    }
    throw new Error(`too many redirects from ${url}`);
  }

  async api(method, path, body, expected = [200, 201, 204]) {
    const response = await this.fetch(`${this.endpoint}/api/experience${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const json = text ? JSON.parse(text) : undefined;
    if (!expected.includes(response.status)) {
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    }
    return { status: response.status, body: json };
  }

  /** Read the newest code for a recipient from the development mailbox. */
  async code(recipient) {
    const page = await (await fetch(`${this.endpoint}/development/mailbox`)).text();
    const at = page.indexOf(recipient);
    const found = at >= 0 && /\b(\d{6})\b/.exec(page.slice(at).replaceAll(/<[^>]*>/g, " "));
    if (!found) throw new Error(`no code for ${recipient} in the mailbox`);
    return found[1];
  }

  /** Sign up with email, code and password; the browser must be at the hosted pages. Returns where to go next. */
  async register(email, password) {
    const identifier = { type: "email", value: email };
    await this.api("PUT", "", { interactionEvent: "Register" });
    const sent = await this.api("POST", "/verification/verification-code", { identifier, interactionEvent: "Register" });
    const { verificationId } = sent.body;
    const code = await this.code(email);
    const verified = await this.api("POST", "/verification/verification-code/verify", { identifier, verificationId, code });
    const incomplete = await this.api("POST", "/identification", { verificationId: verified.body.verificationId }, [422]);
    if (incomplete.body.code !== "user.missing_profile") throw new Error(JSON.stringify(incomplete.body));
    await this.api("POST", "/profile", { type: "password", value: password });
    await this.api("POST", "/identification", {});
    return (await this.api("POST", "/submit")).body.redirectTo;
  }

  /** Sign in with a password. Returns where to go next. */
  async signIn(identifier, password) {
    await this.api("PUT", "", { interactionEvent: "SignIn" });
    const { body } = await this.api("POST", "/verification/password", { identifier, password });
    await this.api("POST", "/identification", { verificationId: body.verificationId });
    return (await this.api("POST", "/submit")).body.redirectTo;
  }
}
