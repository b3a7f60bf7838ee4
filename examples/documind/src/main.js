import LogtoClient, { UserScope } from "@logto/browser";

const api = "https://api.documind.com";
const client = new LogtoClient({
  endpoint: __ENDPOINT__,
  appId: __APP_ID__,
  scopes: [UserScope.Email, UserScope.Organizations, "read:documents", "create:documents", "create:organization"],
  resources: [api],
});

const app = document.querySelector("#app");
const session = document.querySelector("#session");

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function section(title, ...children) {
  const made = element("section", {}, element("h2", { textContent: title }), ...children);
  app.append(made);
  return made;
}

/** Why something was refused: what Gatehouse says, else what the SDK or the backend does. */
const refusal = (error) =>
  element("p", { className: "refusal", role: "alert", textContent: error.data?.errorDescription ?? error.message });

const shown = (value) => element("pre", { textContent: JSON.stringify(value, null, 2) });

function form(label, onSubmit) {
  const input = element("input", { placeholder: label, required: true, ariaLabel: label });
  const made = element("form", {}, input, element("button", { textContent: "Create" }));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await onSubmit(input.value);
      await show();
    } catch (error) {
      made.querySelector(".refusal")?.remove();
      made.append(refusal(error));
    }
  });
  return made;
}

async function request(method, path, token, body) {
  const response = await fetch(`/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const result = await response.json();
  if (!response.ok) throw new Error(result.message);
  return result;
}

async function showOrganization(organization) {
  const token = await client.getOrganizationToken(organization.id);
  const claims = await client.getOrganizationTokenClaims(organization.id);
  const path = `/documents?organization=${organization.id}`;
  const documents = await request("GET", path, token);
  const made = section(organization.name, element("p", { textContent: `Your permissions: ${claims.scope || "none"}` }));
  made.append(shown(documents));
  if ((claims.scope ?? "").split(" ").includes("create:documents")) {
    made.append(form("Title of a document", (title) => request("POST", path, token, { title })));
  }
}

async function show() {
  app.replaceChildren();
  session.replaceChildren();
  if (!(await client.isAuthenticated())) {
    const go = (firstScreen) => () => client.signIn({ redirectUri: `${location.origin}/callback`, firstScreen });
    session.append(
      element("button", { textContent: "Sign in", className: "quiet", onclick: go("sign_in") }),
      " ",
      element("button", { textContent: "Create account", onclick: go("register") }),
    );
    section("Welcome", element("p", { textContent: "Sign in to see your workspaces." }));
    return;
  }
  const claims = await client.getIdTokenClaims();
  session.append(
    element("button", {
      textContent: `Sign out ${claims.email ?? claims.username ?? claims.sub}`,
      className: "quiet",
      onclick: () => client.signOut(`${location.origin}/`),
    }),
  );
  const info = await client.fetchUserInfo();
  for (const organization of info.organization_data ?? []) {
    // An organization may refuse its token (a member who has left, a second factor it requires): the others are shown.
    await showOrganization(organization).catch((error) => section(organization.name, refusal(error)));
  }
  section(
    "New workspace",
    form("Name of the workspace", async (name) => {
      await request("POST", "/organizations", await client.getAccessToken(api), { name });
    }),
  );
  section("Your claims", shown(claims));
}

let failure;
if (location.pathname === "/callback") {
  await client.handleSignInCallback(location.href).catch((error) => (failure = error));
  history.replaceState(null, "", "/");
}
await show().catch((error) => (failure = error));
if (failure) section("This did not work", refusal(failure));
