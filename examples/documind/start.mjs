// Starts the demo's backend and its page. Asks the Gatehouse beside it how it is set up, unless GATEHOUSE_SETUP says.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { createServer } from "vite";

import { startBackend } from "./backend.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const setup = JSON.parse(
  process.env.GATEHOUSE_SETUP
    ? readFileSync(process.env.GATEHOUSE_SETUP, "utf8")
    : execFileSync(`${root}.venv/bin/python`, ["manage.py", "bootstrap", "--json"], { cwd: root, encoding: "utf8" }),
);

await startBackend(setup, 3000);
const server = await createServer({
  root: fileURLToPath(new URL(".", import.meta.url)),
  server: { port: 5173, strictPort: true, proxy: { "/api": "http://localhost:3000" } },
  define: { __ENDPOINT__: JSON.stringify(setup.endpoint), __APP_ID__: JSON.stringify(setup.demoApp.clientId) },
});
await server.listen();
console.log(`DocuMind is at http://localhost:5173 and signs in at ${setup.endpoint}`);
