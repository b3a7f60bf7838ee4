// What follows a step: the end, or the page of what is still missing.

import { api } from "./api.js";

// What the next page has to know, for this tab alone. Nothing secret: codes and passwords are never kept.
export const memory = {
  get: () => JSON.parse(sessionStorage.getItem("journey") ?? "{}"),
  set: (values) => sessionStorage.setItem("journey", JSON.stringify({ ...memory.get(), ...values })),
};

// Steps that are left to the hosted pages: they know from the server where the sign-in stands.
export function leaveToHosted(path) {
  location.assign(`${path}?pages=hosted`);
  return new Promise(() => {});
}

// Errors that are no failures: the code says which page comes next.
const NEXT = {
  "user.missing_profile": ({ data }) => `/continue/${data.missingProfile[0]}`,
  "user.suggest_mfa": () => "/mfa-onboarding",
  "user.missing_mfa": () => "/mfa-binding",
  "session.mfa.suggest_additional_mfa": () => "/mfa-binding",
  "session.mfa.require_mfa_verification": ({ data }) => `/mfa-verification/${data.availableFactors[0]}`,
  "session.mfa.backup_code_required": () => "/mfa-binding/BackupCode",
  "user.passkey_preferred": () => "/create-passkey",
  "user.new_password_required_in_profile": () => "/forgot-password/reset",
  "password.expired": () => "/forgot-password",
  "session.not_found": () => "/unknown-session",
  "session.interaction_not_found": () => "/sign-in",
};

// Run a step. Where its error has a page, the page is returned; anything else is for the form to show.
export async function attempt(step) {
  try {
    return await step();
  } catch (error) {
    if (error.code in NEXT) return NEXT[error.code](error);
    throw error;
  }
}

// End the journey if nothing is missing any more: the answer says where the browser goes on.
export async function finish() {
  const answer = await api.submit();
  if (!answer) return "/sign-in";
  location.replace(answer.redirectTo);
  return new Promise(() => {});
}

// A new account whose profile is complete comes into being with its identification, which is then submitted.
export async function goOn() {
  if (memory.get().event === "Register") await api.identify();
  return finish();
}

export function readIdentifier(text) {
  const value = text.trim();
  if (value.includes("@")) return { type: "email", value };
  if (/^\+?[\d\s().-]{6,}$/.test(value)) return { type: "phone", value: value.replace(/\D/g, "") };
  return { type: "username", value };
}
