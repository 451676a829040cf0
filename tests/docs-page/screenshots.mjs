// Takes the pictures of the book: `node screenshots.mjs FOLDER`. TIDEGATE_URL and TIDEGATE_CONFIG are as for docs.test.mjs.

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Height of the page's head, whose colours would make the pictures large. */
const HEAD = 134;
const [folder] = process.argv.slice(2);
const { TIDEGATE_URL: base, TIDEGATE_CONFIG: config } = process.env;
const profile = mkdtempSync(join(tmpdir(), "screenshots-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  headless: true,
  viewport: { width: 1100, height: 860 },
  colorScheme: "light",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"],
});
const page = await context.newPage();
page.setDefaultTimeout(15_000);
const by = (id) => page.locator(`[data-testid="${id}"]`);

async function call({ stream }) {
  await page.goto(`${base}/docs`);
  await by("route-select").selectOption("chat");
  await by("stream-switch").setChecked(stream, { force: true });
  await by("send").click();
  await page.waitForFunction(() => !["idle", "waiting", "streaming"].includes(document.getElementById("answer").dataset.state));
}

/** What stands below the page's head, without what differs from run to run: the address, and the folder of the config. */
async function picture(name, height) {
  await page.evaluate((strange) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const [here, elsewhere] of strange) {
        walker.currentNode.data = walker.currentNode.data.replaceAll(here, elsewhere);
      }
    }
  }, [[base, "http://127.0.0.1:5000"], [config, "config.yaml"]]);
  await page.setViewportSize({ width: 1100, height: height + HEAD });
  await page.screenshot({ path: join(folder, `${name}.png`), clip: { x: 0, y: HEAD, width: 1100, height } });
}

await call({ stream: false });
await picture("docs-page", 1070);

await call({ stream: true });
await page.locator('label:has([data-testid="view-raw"])').click();
await picture("docs-page-stream", 720);

const text = readFileSync(config, "utf8");
appendFileSync(config, "  - name: summaries\n    route_type: llm/v1/chatt\n    model:\n      provider: sandbox\n");
await by("banner-config").waitFor();
await picture("docs-page-mistake", 225);
writeFileSync(config, text);

await context.close();
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
