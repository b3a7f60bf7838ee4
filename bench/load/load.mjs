// The load generator: `node load.mjs < job.json`, one line of JSON out. Plain sockets, because a client library would
// take more of the machine than the server under load.
//
// A job: {port, host, seconds, warmup, accounts, users: [{variables, steps, tenant}]}. Every user has a connection of its
// own, to the host of `tenant` if one is named, and walks its steps over and over; a walk is what is counted. With
// `accounts`, a list of variables, each walk takes the next ones. A step: {method, path, headers, body, expect, extract,
// compute, jar}.
// `${name}` in path, headers or body is a variable; `extract` fills variables from the answer: {json: "a.b"},
// {location: "code"} (a parameter of the redirect), {redirect: true} (its path and query) or {html: "regular (expr)"}.
// `compute` fills them before the step: {totp: "secret"} is the code of the authenticator app whose secret that variable is.
import net from "node:net";
import { totp } from "./totp.mjs";

const job = JSON.parse(await new Response(process.stdin).text());
const { port, host, seconds, warmup, accounts } = job;
const REDIRECT_BASE = `http://${host}`;

let phase = "warmup";
let walks = 0;
let everyWalk = 0;
let requests = 0;
let failures = 0;
let accountsTaken = 0;
let sample = null;
const latencies = [];
const FEWEST = 8;

function fill(template, variables) {
  return template.replaceAll(/\$\{(\w+)\}/g, (_, name) => variables[name] ?? "");
}

function encode(step, user) {
  const body = step.body ?? "";
  const lines = [`${step.method} ${step.path} HTTP/1.1`, `Host: ${user.host}`];
  for (const [name, value] of Object.entries(step.headers ?? {})) lines.push(`${name}: ${value}`);
  if (step.jar) lines.push("Cookie: ${__cookies}");
  if (step.method !== "GET") lines.push("Content-Length: ${__length}");
  const template = `${lines.join("\r\n")}\r\n\r\n${body}`;
  const isFixed = !/\$\{(?!__length)/.test(template);
  const render = () => {
    const { variables, cookies } = user;
    if (step.jar) variables.__cookies = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    variables.__length = String(Buffer.byteLength(fill(body, variables)));
    return fill(template, variables);
  };
  const fixed = isFixed ? Buffer.from(render()) : null;
  return () => fixed ?? render();
}

function pick(rule, answer) {
  if (rule.json) return rule.json.split(".").reduce((value, name) => value?.[name], JSON.parse(answer.body.toString()));
  if (rule.html) return new RegExp(rule.html).exec(answer.body.toString())?.[1];
  const location = /^location: *(.+)\r$/im.exec(answer.head)?.[1];
  if (!location) return undefined;
  const url = new URL(location, REDIRECT_BASE);
  return rule.location ? url.searchParams.get(rule.location) : url.pathname + url.search;
}

function keepCookies(user, head) {
  for (const [, name, value, rest] of head.matchAll(/^set-cookie: *([^=]+)=([^;\r]*)([^\r]*)\r$/gim)) {
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(rest)) user.cookies.delete(name);
    else user.cookies.set(name, value);
  }
}

class Walker {
  constructor(user) {
    const at = user.tenant ? `${user.tenant}.${host}` : host;
    this.user = { variables: { ...user.variables }, cookies: new Map(), host: at };
    this.initial = user.variables;
    this.resets = user.steps.some((step) => step.jar);
    this.steps = user.steps.map((step) => ({ ...step, render: encode(step, this.user) }));
    this.at = 0;
    this.pending = null;
  }

  start() {
    this.socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("connect", () => this.send());
    this.socket.on("data", (chunk) => this.receive(chunk));
    this.socket.on("error", (error) => this.fail(`socket: ${error.message}`));
    this.socket.on("close", () => {
      if (phase !== "over") {
        this.fail("connection closed");
        this.pending = null;
        this.at = 0;
        setTimeout(() => this.start(), 5);
      }
    });
  }

  send() {
    if (this.at === 0) {
      this.began = performance.now();
      if (this.resets) {
        this.user.cookies.clear();
        Object.assign(this.user.variables, this.initial);
      }
      if (accounts.length) Object.assign(this.user.variables, accounts[accountsTaken++ % accounts.length]);
    }
    const step = this.steps[this.at];
    for (const [name, rule] of Object.entries(step.compute ?? {})) {
      this.user.variables[name] = totp(this.user.variables[rule.totp]);
    }
    this.socket.write(step.render());
  }

  fail(message) {
    failures += 1;
    sample ??= message;
  }

  receive(chunk) {
    this.pending = this.pending ? Buffer.concat([this.pending, chunk]) : chunk;
    const end = this.pending.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.pending.latin1Slice(0, end + 2);
    const status = Number(head.slice(9, 12));
    const length = /^content-length: *(\d+)/im.exec(head);
    let body;
    if (length) {
      const total = end + 4 + Number(length[1]);
      if (this.pending.length < total) return;
      body = this.pending.subarray(end + 4, total);
    } else if (/^transfer-encoding: *chunked/im.test(head)) {
      if (!this.pending.subarray(-7).toString("latin1").endsWith("0\r\n\r\n")) return;
      body = unchunked(this.pending.subarray(end + 4));
    } else {
      body = Buffer.alloc(0); // 204, 303 and 304
    }
    this.pending = null;
    this.answered({ status, head, body });
  }

  answered(answer) {
    const step = this.steps[this.at];
    const { status } = answer;
    requests += 1;
    if (status !== step.expect) {
      this.fail(`${step.method} ${step.path}: ${status} ${answer.body.toString().slice(0, 300)}`);
      this.at = 0;
      return phase === "over" ? this.socket.destroy() : this.send();
    }
    if (step.jar) keepCookies(this.user, answer.head);
    for (const [name, rule] of Object.entries(step.extract ?? {})) {
      const found = pick(rule, answer);
      if (found === undefined || found === null) this.fail(`${step.path}: nothing for ${name}`);
      this.user.variables[name] = found;
    }
    this.at += 1;
    if (this.at === this.steps.length) {
      this.at = 0;
      walks += 1;
      everyWalk += 1;
      if (phase === "measured") latencies.push(performance.now() - this.began);
    }
    if (phase === "over") this.socket.destroy();
    else this.send();
  }
}

function unchunked(data) {
  const parts = [];
  for (let at = 0; ; ) {
    const line = data.indexOf("\r\n", at);
    const size = Number.parseInt(data.latin1Slice(at, line), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(data.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}

const walkers = job.users.map((user) => new Walker(user));
for (const walker of walkers) walker.start();
await new Promise((resolve) => setTimeout(resolve, warmup * 1000));
phase = "measured";
walks = 0;
requests = 0;
const began = performance.now();
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
// Where a walk takes long, or the machine has other things to do, there may be nothing to see yet.
for (let waited = 0; latencies.length < FEWEST && waited < 30_000; waited += 10) {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
const elapsed = (performance.now() - began) / 1000;
const done = { walks, requests };
phase = "over";
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? null;
// Answers under way are waited for: single-use tokens go on where this run leaves off.
for (let waited = 0; walkers.some((walker) => !walker.socket.destroyed) && waited < 10_000; waited += 10) {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
const variables = walkers.map((walker) => walker.user.variables);
const cpu = process.cpuUsage();
console.log(
  JSON.stringify({
    perSecond: done.walks / elapsed,
    requests: done.requests,
    everyWalk,
    accountsTaken,
    p50: at(0.5),
    p99: at(0.99),
    failures,
    sample,
    variables,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }),
);
process.exit(0);
