// Evaluated before the tenant's script, in the same fresh context; its value starts the script and tells the outcome.
// It runs with the script's own authority: nothing here is a boundary, the process around it and its parent are.
// `ENTRY` stands for the name of the script's function.
(() => {
  "use strict";
  const { parse, stringify } = JSON;
  const { entries, freeze } = Object;
  const { isArray } = Array;
  const { apply } = Reflect;
  const { slice, toLowerCase, toWellFormed } = String.prototype;
  const convert = String;
  const NativePromise = Promise;
  const text = (value, longest = 1000) => apply(slice, apply(toWellFormed, convert(value), []), [0, longest]);
  const state = { denied: null, done: null, result: null, error: null };

  const silent = () => undefined;
  globalThis.console = freeze({ debug: silent, error: silent, info: silent, log: silent, warn: silent });

  const denying = freeze({
    denyAccess(message = "Access denied") {
      // It counts even where the script catches what is thrown here.
      state.denied = "Access denied";
      state.denied = text(message);
      const error = new Error(state.denied);
      error.name = "AccessDeniedError";
      throw error;
    },
  });

  // Calls that the parent has not been asked for yet, by their place, and who waits for them.
  let calls = [];
  let waiting = [];

  const responseOf = ({ status, headers, body }) =>
    freeze({
      status,
      ok: status >= 200 && status < 300,
      headers: freeze({
        get: (name) => headers[apply(toLowerCase, convert(name), [])] ?? null,
        has: (name) => apply(toLowerCase, convert(name), []) in headers,
      }),
      text: async () => body,
      json: async () => parse(body),
    });

  const fetch = async (url, options = {}) => {
    const { method = "GET", headers = {}, body = null } = options ?? {};
    if (body !== null && typeof body !== "string") {
      throw new TypeError("The body of a request must be a string.");
    }
    const call = {
      url: convert(url),
      method: convert(method),
      headers: isArray(headers) ? headers : entries(headers),
      body,
    };
    return new NativePromise((resolve, reject) => {
      calls[calls.length] = call;
      waiting[waiting.length] = { resolve, reject };
    });
  };

  const takeCalls = () => {
    const taken = calls;
    calls = [];
    return taken.length ? stringify(taken) : null;
  };

  const giveAnswers = (payload) => {
    const waited = waiting;
    waiting = [];
    const answers = parse(payload);
    for (let index = 0; index < waited.length; index += 1) {
      const answer = answers[index];
      if (answer.error === undefined) {
        answer.headers = { __proto__: null, ...answer.headers };
        waited[index].resolve(responseOf(answer));
      } else {
        waited[index].reject(new TypeError(answer.error));
      }
    }
    return null;
  };

  const describe = (error) => {
    try {
      if (error !== null && typeof error === "object" && "message" in error) {
        return stringify({ name: text(error.name ?? "Error"), message: text(error.message) });
      }
      return stringify({ name: "Error", message: text(error) });
    } catch {
      return stringify({ name: "Error", message: "The script threw something that cannot be shown." });
    }
  };

  const run = async ({ payload, denies, returnsObject }) => {
    try {
      if (typeof ENTRY !== "function") {
        throw new TypeError("The script must define the function `ENTRY`.");
      }
      const input = parse(payload);
      const result = await ENTRY(denies ? { ...input, api: denying } : input);
      if (returnsObject && (result === null || typeof result !== "object" || isArray(result))) {
        throw new TypeError("The script must return an object.");
      }
      const written = stringify(result);
      state.result = written === undefined && !returnsObject ? null : convert(written);
      state.done = true;
    } catch (error) {
      state.error = describe(error);
      state.done = true;
    }
  };

  return (question, payload) => {
    switch (question) {
      case "start": {
        const options = parse(payload);
        if (options.fetches) {
          globalThis.fetch = fetch;
        }
        run(options);
        return null;
      }
      case "calls":
        return takeCalls();
      case "answers":
        return giveAnswers(payload);
      default:
        return state[question];
    }
  };
})();
