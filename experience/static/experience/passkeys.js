// Asks the browser for a passkey, or to make one, and sends its answer with the form that wants it.
// Every such form says what to ask for (`data-options`), and has a button that is hidden without this script.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// Browsers from before Web Authentication Level 3 have neither these readers nor `toJSON`.
function read(options, creates) {
  const reader = creates ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  if (PublicKeyCredential[reader]) return PublicKeyCredential[reader](options);
  const withBytes = (one) => ({ ...one, id: toBytes(one.id) });
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) read.user = withBytes(options.user);
  for (const list of ["allowCredentials", "excludeCredentials"]) if (options[list]) read[list] = options[list].map(withBytes);
  return read;
}

function write(credential) {
  try {
    return credential.toJSON();
  } catch {
    const { response } = credential, written = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (response[part]) written[part] = toText(response[part]);
    if (response.getTransports) written.transports = response.getTransports();
    const id = toText(credential.rawId);
    return { id, rawId: id, type: credential.type, response: written, clientExtensionResults: credential.getClientExtensionResults() };
  }
}

const WORDS = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "exists" };
let autofill = null;

async function ask(form, { quietly = false, ...how } = {}) {
  const creates = form.dataset.ceremony === "create";
  const alert = form.querySelector("[role=alert]"), button = form.querySelector("button");
  alert.hidden = true;
  if (button && !how.mediation) button.disabled = true;
  try {
    const publicKey = read(JSON.parse(form.dataset.options), creates);
    const credential = await navigator.credentials[creates ? "create" : "get"]({ publicKey, ...how });
    form.elements.credential.value = JSON.stringify(write(credential));
    form.requestSubmit();
    return true;
  } catch (error) {
    if (quietly) return false;
    alert.textContent = alert.dataset[WORDS[error.name] ?? "failed"];
    alert.hidden = false;
    return false;
  } finally {
    if (button) button.disabled = false;
  }
}

async function offerAutofill(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  autofill = new AbortController();
  await ask(form, { mediation: "conditional", signal: autofill.signal, quietly: true });
}

for (const form of document.querySelectorAll("form[data-ceremony]")) {
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) {
    const alert = form.querySelector("[role=alert]");
    // Where there is no other way the page says why; an offer is just not made.
    if (form.classList.contains("passkey")) continue;
    alert.textContent = alert.dataset.unsupported;
    alert.hidden = false;
    continue;
  }
  if (button) {
    button.hidden = false;
    button.onclick = async () => {
      // The browser answers one request at a time.
      autofill?.abort();
      if (!(await ask(form)) && "autofill" in form.dataset) offerAutofill(form);
    };
  }
  const [opened] = performance.getEntriesByType("navigation");
  if ("starts" in form.dataset && opened?.type === "navigate" && document.visibilityState === "visible") ask(form, { quietly: true });
  if ("autofill" in form.dataset) offerAutofill(form);
}
