// Starts the demo: its page, and its backend at the same address. Asks the Gatehouse in whose repository it lies how it
// is set up, unless GATEHOUSE_SETUP names a file that says so.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { createServer } from "vite";

import { createBackend } from "./backend.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

function stop(reason) {
  console.error(reason);
  process.exit(1);
}

function readSetup() {
  const file = process.env.GATEHOUSE_SETUP;
  try {
    const text = file
      ? readFileSync(file, "utf8")
      : execFileSync(`${root}.venv/bin/python`, ["manage.py", "bootstrap", "--json"], { cwd: root, encoding: "utf8" });
    return JSON.parse(text);
  } catch (error) {
    return stop(
      file
        ? `${file} cannot be read: ${error.message}`
        : `Gatehouse does not say how it is set up. Run \`make run\` in ${root} first. (${error.message.split("\n")[0]})`,
    );
  }
}

const setup = readSetup();
// The port that is registered as redirect URI, unless DOCUMIND_PORT asks for another.
const registered = new URL(setup.demoApp.redirectUri);
const port = Number(process.env.DOCUMIND_PORT || registered.port || 80);
const origin = `http://localhost:${port}`;

const reachable = await fetch(`${setup.issuer}/jwks`).catch(() => undefined);
if (!reachable?.ok) stop(`Gatehouse does not answer at ${setup.endpoint}. Is it running (\`make run\`)?`);

const backend = createBackend(setup);
const server = await createServer({
  root: fileURLToPath(new URL(".", import.meta.url)),
  server: { host: "127.0.0.1", port, strictPort: true },
  plugins: [{ name: "backend", configureServer: ({ middlewares }) => void middlewares.use("/api", backend) }],
  define: { __ENDPOINT__: JSON.stringify(setup.endpoint), __APP_ID__: JSON.stringify(setup.demoApp.clientId) },
});
try {
  await server.listen();
} catch (error) {
  stop(`Port ${port} cannot be used: ${error.message}. Choose another: DOCUMIND_PORT=${port + 1} npm start`);
}
console.log(`DocuMind is at ${origin} and signs in at ${setup.endpoint}`);
if (origin !== registered.origin) {
  console.log(`First add ${origin}/callback to the redirect URIs of DocuMind in the console, and ${origin}/ to its`);
  console.log("post sign-out redirect URIs: Gatehouse sends users to registered addresses only.");
}
