// Evaluated before the tenant's script, in the same fresh context; its value starts the script and tells the outcome.
// It runs with the script's own authority: nothing here is a boundary, the process around it is.
(() => {
  "use strict";
  const { parse, stringify } = JSON;
  const { freeze } = Object;
  const { isArray } = Array;
  const { apply } = Reflect;
  const { slice, toWellFormed } = String.prototype;
  const convert = String;
  const text = (value, longest = 1000) => apply(slice, apply(toWellFormed, convert(value), []), [0, longest]);
  const state = { denied: null, claims: null, error: null };

  const silent = () => undefined;
  globalThis.console = freeze({ debug: silent, error: silent, info: silent, log: silent, warn: silent });

  const api = freeze({
    denyAccess(message = "Access denied") {
      // It counts even where the script catches what is thrown here.
      state.denied = "Access denied";
      state.denied = text(message);
      const error = new Error(state.denied);
      error.name = "AccessDeniedError";
      throw error;
    },
  });

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

  const run = async (payload) => {
    try {
      if (typeof getCustomJwtClaims !== "function") {
        throw new TypeError("The script must define the function `getCustomJwtClaims`.");
      }
      const claims = await getCustomJwtClaims({ ...parse(payload), api });
      if (claims === null || typeof claims !== "object" || isArray(claims)) {
        throw new TypeError("The script must return an object.");
      }
      state.claims = convert(stringify(claims));
    } catch (error) {
      state.error = describe(error);
    }
  };

  return (question, payload) => {
    if (question === "start") {
      run(payload);
      return null;
    }
    return state[question];
  };
})();
