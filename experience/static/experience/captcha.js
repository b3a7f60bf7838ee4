// Gets a captcha's token before its form is sent: a proof of work that the browser computes, or a provider's.
// Without this script the form is answered with the request to turn JavaScript on.
(() => {
  const box = document.querySelector("[data-captcha]"), form = box.closest("form"), { nonce } = document.currentScript;
  const { siteKey, source, renewal } = box.dataset, ACTION = "interaction";
  const field = box.querySelector("input"), place = box.querySelector("[data-place]"), status = box.querySelector("[role=status]");
  const isDark = "adaptive" in box.dataset && matchMedia("(prefers-color-scheme: dark)").matches;
  // A challenge is good for ten minutes from when the page was drawn; computing takes a few seconds of them.
  const GOOD_FOR = 8 * 60_000;

  const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  // ALTCHA, version 2: the counter from which PBKDF2 derives a key that begins as the challenge says.
  async function solve(challenge) {
    const { algorithm, nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters, began = performance.now();
    const start = fromHex(nonce), how = { name: "PBKDF2", hash: algorithm.split("/")[1], salt: fromHex(salt), iterations: cost };
    async function derive(counter) {
      const password = new Uint8Array(start.length + 4);
      password.set(start);
      new DataView(password.buffer).setUint32(start.length, counter);
      const key = await crypto.subtle.importKey("raw", password, how.name, false, ["deriveBits"]);
      return toHex(new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8)));
    }
    // The browser derives on threads of its own: several at once keep them busy and the page free.
    const width = Math.min(navigator.hardwareConcurrency || 2, 8);
    for (let first = 0; ; first += width) {
      const keys = await Promise.all(Array.from({ length: width }, (_, place) => derive(first + place)));
      const found = keys.findIndex((key) => key.startsWith(keyPrefix));
      if (found < 0) continue;
      const solution = { counter: first + found, derivedKey: keys[found], time: Math.round(performance.now() - began) };
      return btoa(JSON.stringify({ challenge, solution }));
    }
  }

  const load = () => new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: source, async: true, nonce, onload: resolve, onerror: reject });
    document.head.append(script);
  });

  // A token that the user's part of a widget brings, sooner or later; another one after each use or expiry.
  function widget(render) {
    let arrived, failed, token;
    function again() {
      token = new Promise((resolve, reject) => { arrived = resolve; failed = reject; });
      token.catch(() => {});
    }
    again();
    const ready = load().then(() => render((value) => arrived(value), () => failed(), again));
    ready.catch(() => {});
    return { get: () => ready.then(() => token), renew: () => ready.then((reset) => { again(); reset(); }, () => {}) };
  }

  const kinds = {
    ProofOfWork() {
      let drawn = performance.now(), token = solve(JSON.parse(box.dataset.challenge));
      token.catch(() => {});
      const renew = () => {
        drawn = performance.now();
        token = fetch(renewal).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer))).then(solve);
        token.catch(() => {});
      };
      return { get: () => (performance.now() - drawn > GOOD_FOR && renew(), token), renew };
    },
    Turnstile: () => widget((arrived, failed, again) => {
      const id = turnstile.render(place, {
        sitekey: siteKey, action: ACTION, size: "flexible", "response-field": false,
        theme: isDark ? "dark" : "light", language: document.documentElement.lang,
        callback: arrived, "error-callback": failed, "expired-callback": again,
      });
      return () => turnstile.reset(id);
    }),
    RecaptchaEnterprise: () => ("box" in box.dataset
      ? widget((arrived, failed, again) => new Promise((resolve) => grecaptcha.enterprise.ready(() => {
        const id = grecaptcha.enterprise.render(place, {
          sitekey: siteKey, action: ACTION, theme: isDark ? "dark" : "light",
          callback: arrived, "error-callback": failed, "expired-callback": again,
        });
        resolve(() => grecaptcha.enterprise.reset(id));
      })))
      : (() => {
        const ready = load().then(() => new Promise((resolve) => grecaptcha.enterprise.ready(resolve)));
        ready.catch(() => {});
        return { get: () => ready.then(() => grecaptcha.enterprise.execute(siteKey, { action: ACTION })), renew() {} };
      })()),
  };

  function say(words) {
    status.textContent = words ? status.dataset[words] : "";
    status.hidden = !words;
    status.className = words === "failed" ? "errorlist" : "hint";
  }

  const captcha = kinds[box.dataset.captcha]();
  let isWaiting = false, isSent = false;
  field.value = "";
  // Before every other listener: they are for a form that is sent. Buttons with a name lead elsewhere.
  addEventListener("submit", async (event) => {
    if (event.target !== form || event.submitter?.name) return;
    // Once: a token is spent by the first form, and the browser shows the answer to the last one.
    if (field.value && !isSent) return void (isSent = true);
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isWaiting || isSent) return;
    isWaiting = true;
    form.ariaBusy = "true";
    say(source && "box" in box.dataset ? "ask" : "busy");
    try {
      field.value = await captcha.get();
      say("");
    } catch {
      captcha.renew();
      say("failed");
    }
    form.ariaBusy = null;
    isWaiting = false;
    // Later: a form does not send itself while it still asks whether it may be sent.
    if (field.value) setTimeout(() => form.requestSubmit(event.submitter));
  }, true);
  // Whoever comes back to the page as it was has used the token up.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isSent = false;
    field.value = "";
    captcha.renew();
    say("");
  });
})();
