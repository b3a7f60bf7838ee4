// The device authorization grant (RFC 8628), as a television runs it.
"use strict";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const MORE_PATIENCE = 5;
const pause = (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000));

function drawCode(codes) {
  at("code-image").src = `${configuration.address}/code.svg?${new URLSearchParams({ user_code: codes.user_code })}`;
  at("user-code").textContent = codes.user_code;
  at("address").textContent = codes.verification_uri.replace(/^https?:\/\//, "");
  at("address").href = codes.verification_uri;
  show("waiting");
}

/** Ask until the user has answered (RFC 8628 section 3.5). */
async function poll(codes) {
  let interval = codes.interval || MORE_PATIENCE;
  for (;;) {
    await pause(interval);
    try {
      return await post("/token", { grant_type: GRANT, device_code: codes.device_code });
    } catch (error) {
      if (error.error === "slow_down") interval += MORE_PATIENCE;
      else if (error instanceof Refusal && error.error !== "authorization_pending") throw error;
    }
  }
}

function explain(error) {
  const said = { expired_token: "expired", access_denied: "declined" }[error.error];
  fail(said ? new Refusal({ message: at(said).textContent }) : error);
}

async function connect() {
  at("failure").hidden = true;
  show("busy");
  try {
    const codes = await post("/device/auth", {
      scope: configuration.scope,
      resource: configuration.resource,
      ui_locales: configuration.language,
    });
    drawCode(codes);
    await drawSignedIn(keep(await poll(codes)));
  } catch (error) {
    explain(error);
    show("ended");
  }
}

at("again").onclick = connect;
resume().then((isConnected) => isConnected || connect(), (error) => { fail(error); show("ended"); });
