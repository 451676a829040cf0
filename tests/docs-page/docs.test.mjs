// The page at /docs in a real browser, against a real gateway:
//
//   TIDEGATE_URL     where the gateway answers, a prefix included; its routes must be `chat`,
//                    `completions` and `embeddings`, on a provider that streams word by word.
//                    Without it the mock beside this file answers.
//   TIDEGATE_CONFIG  the gateway's config file; the test adds a route to it and puts it back.
//   CHROMIUM         the browser, /usr/bin/chromium when not given.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { mockGateway } from "./mock-gateway.mjs";

const ROUTES = ["chat", "completions", "embeddings"];
const folder = mkdtempSync(join(tmpdir(), "docs-page-"));
let base = process.env.TIDEGATE_URL?.replace(/\/+$/, "");
let config = process.env.TIDEGATE_CONFIG;
let mock = null;
let context;
let page;
/** What no page may do; every test ends with a look at it. */
const faults = [];

const by = (id) => page.locator(`[data-testid="${id}"]`);

before(async () => {
  if (!base) {
    config = join(folder, "config.yaml");
    writeFileSync(config, `endpoints:\n${ROUTES.map((name) => `  - name: ${name}\n    model:\n      provider: openai\n`).join("")}`);
    mock = mockGateway({ prefix: "/ai", config });
    await new Promise((listening) => mock.server.listen(0, "127.0.0.1", listening));
    base = `http://127.0.0.1:${mock.server.address().port}/ai`;
  }
  context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1400, height: 1000 },
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const origin = new URL(base).origin;
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:" && url.origin !== origin) {
      faults.push(`a request to ${url.origin}`);
    }
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`the console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`an error: ${error.message}`));
  // Violations are told to the page itself too, in case one does not reach the console.
  await page.exposeFunction("noteViolation", (what) => faults.push(`a CSP violation: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.noteViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
});

after(async () => {
  await context?.close();
  mock?.server.closeAllConnections();
  mock?.server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function noFaults() {
  assert.deepEqual(faults.splice(0), []);
}

/** Waits until the panel is done with its request. */
async function done() {
  await page.waitForFunction(() => {
    const state = document.getElementById("answer").dataset.state;
    return state !== "waiting" && state !== "streaming" && state !== "idle";
  }, null, { timeout: 60_000 });
  return by("answer").getAttribute("data-state");
}

describe("the page at /docs", () => {
  test("/ leads to it, under a strict policy", async () => {
    const response = await page.goto(`${base}/`);
    assert.equal(page.url(), `${base}/docs`);
    assert.equal(response.status(), 200);
    const policy = response.headers()["content-security-policy"];
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    await by("panel").waitFor();
    assert.match(await by("version").textContent(), /^v\d/);
    noFaults();
  });

  test("each route is listed in the panel and in the reference", async () => {
    const listed = await by("route-select").locator("option").allTextContents();
    for (const name of ROUTES) {
      assert.ok(listed.includes(name), `${name} in ${listed}`);
      for (const door of ["gateway", "endpoints"]) {
        await page.locator(`.opblock-summary-path[data-path="/${door}/${name}/invocations"]`).waitFor();
      }
    }
    noFaults();
  });

  test("the reference tells what the OpenAI API takes and gives", { skip: !process.env.TIDEGATE_URL }, async () => {
    await page.locator('.opblock-summary-path[data-path="/v1/chat/completions"]').click();
    const block = page.locator("#operations-OpenAI_API-openai_chat");
    await block.getByText("x-tidegate-strict").first().waitFor();
    const examples = block.locator(".opblock-section-request-body select", { hasText: "A call of a tool" });
    await examples.selectOption({ label: "A call of a tool" });
    await block.getByText("parallel_tool_calls").first().waitFor();
    for (const said of ["x-tidegate-translation", "thinking_blocks", "not_carried"]) {
      await block.getByText(said).first().waitFor();
    }
    noFaults();
  });

  test("a plain request shows its answer", async () => {
    await by("route-select").selectOption("chat");
    JSON.parse(await by("editor").inputValue());
    await by("send").click();
    assert.equal(await done(), "done");
    assert.equal(await by("status").textContent(), "200 OK");
    assert.match(await by("total").textContent(), /\d (ms|s)$/);
    assert.ok((await by("request-id").textContent()).length > 4);
    assert.ok((await by("answer-text").textContent()).trim().length > 0);
    noFaults();
  });

  for (const name of ["chat", "completions"]) {
    test(`a stream of ${name} is seen growing`, async () => {
      await by("route-select").selectOption(name);
      await by("stream-switch").check({ force: true });
      assert.equal(JSON.parse(await by("editor").inputValue()).stream, true);
      await page.evaluate(() => {
        const lengths = (window.seenLengths = []);
        const output = document.getElementById("output");
        window.seen?.disconnect();
        window.seen = new MutationObserver(() => {
          const text = output.querySelector('[data-testid="answer-text"]')?.textContent ?? "";
          if (document.getElementById("answer").dataset.state === "streaming") lengths.push(text.length);
        });
        window.seen.observe(output, { childList: true, characterData: true, subtree: true });
      });
      await by("send").click();
      assert.equal(await done(), "done");
      const final = (await by("answer-text").textContent()).length;
      const between = new Set(await page.evaluate(() => window.seenLengths));
      between.delete(0);
      between.delete(final);
      assert.ok(between.size >= 2, `lengths on the way: ${[...between]}, at the end: ${final}`);
      await by("view-raw").check({ force: true });
      assert.ok((await by("frame").count()) >= 3);
      assert.match(await by("frame").last().textContent(), /\[DONE\]/);
      await by("view-answer").check({ force: true });
      noFaults();
    });
  }

  test("a stream can be stopped", async () => {
    await by("route-select").selectOption("chat");
    await by("stream-switch").check({ force: true });
    await by("send").click();
    await by("answer-text").first().waitFor();
    await by("stop").click();
    assert.equal(await done(), "stopped");
    noFaults();
  });

  test("embeddings do not stream, and show their vectors", async () => {
    await by("route-select").selectOption("embeddings");
    assert.ok(await by("stream-switch").isDisabled());
    await by("send").click();
    assert.equal(await done(), "done");
    assert.match(await by("answer-text").textContent(), /dimensions|base64/);
    noFaults();
  });

  test("a mistake in the JSON is told and not sent", async () => {
    await by("route-select").selectOption("chat");
    await by("editor").fill('{"messages": [}');
    await by("send").click();
    assert.match(await by("editor-error").textContent(), /Not valid JSON\. \S/);
    await by("editor").fill('{"messages": []}');
    await by("editor-error").waitFor({ state: "hidden" });
    await page.locator("#reset").click();
    noFaults();
  });

  test("an error's status and body are readable", async () => {
    await page.route("**/gateway/chat/invocations", (route) =>
      route.fulfill({ status: 429, headers: { "Retry-After": "7" }, json: { detail: "<b>too many</b>" } }));
    await by("send").click();
    assert.equal(await done(), "error");
    await page.unroute("**/gateway/chat/invocations");
    const shown = await by("answer-error").textContent();
    assert.match(shown, /429 Too Many Requests/);
    assert.match(shown, /<b>too many<\/b>/);
    assert.match(shown, /Try again in 7 s/);
    // The browser itself writes a line for an answer with such a status.
    assert.equal(faults.splice(0).filter((fault) => !fault.includes("429")).length, 0);
  });

  test("the reference's own “Try it out” sends a real request", async () => {
    const block = page.locator(".opblock", {
      has: page.locator('[data-path="/gateway/chat/invocations"]'),
    });
    await block.locator(".opblock-summary-control").click();
    await block.locator(".try-out__btn").click();
    await block.locator(".execute").click();
    const code = block.locator(".live-responses-table tbody .response-col_status").first();
    await code.waitFor();
    assert.match(await code.textContent(), /^200/);
    assert.equal(await block.locator(".request-url pre").textContent(), `${base}/gateway/chat/invocations`);
    noFaults();
  });

  test("a reload of the config is followed, and what was typed stays", async (t) => {
    if (!config) return t.skip("TIDEGATE_CONFIG is not set");
    const original = readFileSync(config, "utf8");
    await by("route-select").selectOption("completions");
    const typed = '{"prompt": "typed by hand"}';
    await by("editor").fill(typed);
    try {
      writeFileSync(config, withRoute(original, "completions", "added"));
      await by("route-select").locator('option[value="added"]').waitFor({ state: "attached" });
      await page.locator('.opblock-summary-path[data-path="/gateway/added/invocations"]').waitFor();
      assert.equal(await by("route-select").inputValue(), "completions");
      assert.equal(await by("editor").inputValue(), typed);
    } finally {
      writeFileSync(config, original);
    }
    await by("route-select").locator('option[value="added"]').waitFor({ state: "detached" });
    await page.locator('.opblock-summary-path[data-path="/gateway/added/invocations"]').waitFor({ state: "detached" });
    noFaults();
  });

  test("a mistake in the config is told, and goes away with its cause", async (t) => {
    if (!config) return t.skip("TIDEGATE_CONFIG is not set");
    const original = readFileSync(config, "utf8");
    try {
      writeFileSync(config, original.replace(/(provider: *)\S+/, "$1BROKEN"));
      await by("banner-config").waitFor();
      assert.match(await by("banner-config").textContent(), /last good one is served.*\S/s);
    } finally {
      writeFileSync(config, original);
    }
    await by("banner-config").waitFor({ state: "hidden" });
    noFaults();
  });

  test("nothing sticks out at 400 pixels", async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${over} pixels too wide`);
    noFaults();
  });
});

/** The config with a second entry like that of `name`, called `copy`. */
function withRoute(text, name, copy) {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^\\s*- +name: *["']?${name}["']? *$`).test(line));
  assert.ok(start >= 0, `an entry that begins with “- name: ${name}” in the config`);
  const indent = /^\s*/.exec(lines[start])[0].length;
  let end = start + 1;
  while (end < lines.length && (lines[end].trim() === "" || /^\s*/.exec(lines[end])[0].length > indent)) end += 1;
  const entry = [lines[start].replace(name, copy), ...lines.slice(start + 1, end)].filter((line) => line.trim() !== "");
  return [...lines.slice(0, start), ...entry, ...lines.slice(start)].join("\n");
}
