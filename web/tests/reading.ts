/** Who reads the pages in a test: in which language, and what axe-core finds on the page before them. */

import type { AxeResults } from "axe-core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test as base, type Page } from "@playwright/test";
import { messagesIn, type Language, type Messages } from "../booth/src/messages.js";

/** axe-core's program. It is run by the debugger, which the pages' content security policy does not concern. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export interface Reading {
  /** Set by the project. */
  language: Language;
  /** The words that the pages must show. */
  words: Messages;
}

/** Every test: nothing is asked of any other server, and the page reports no mistake of its own. */
export const test = base.extend<Reading & { quiet: void }>({
  language: ["en", { option: true }],
  words: async ({ language }, use) => use(messagesIn(language)),
  quiet: [
    async ({ page }, use) => {
      const mistakes: string[] = [];
      page.on("pageerror", (error) => mistakes.push(error.message));
      page.on("console", (message) => {
        if (/Content.Security.Policy|integrity|Refused to/i.test(message.text())) {
          mistakes.push(message.text());
        }
      });
      page.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (!["blob:", "data:"].includes(protocol) && hostname !== "127.0.0.1") {
          mistakes.push(`asks ${request.url()}`);
        }
      });
      await use();
      expect(mistakes).toEqual([]);
    },
    { auto: true },
  ],
});

/** axe-core finds nothing on the page as it stands, in light and in dark, and nothing sticks out sideways. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResults>("axe.run(document)");
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    expect(found, colorScheme).toEqual([]);
  }
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(excess, "sideways scroll in pixels").toBeLessThanOrEqual(0);
}

export { expect };
