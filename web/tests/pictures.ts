/** The pictures of the booth in docs/, made anew by `MATCH=pictures.ts PICTURES=FOLDER npm run browser`. */

import type { Page } from "@playwright/test";
import { messagesIn } from "../booth/src/messages.js";
import { expect, test } from "./reading.js";
import { Served } from "./served.js";

const folder = process.env["PICTURES"] ?? "";
const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 860 },
};

async function picture(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${folder}/booth-${name}-${size}-${colorScheme}.png` });
    }
  }
}

test("pictures", async ({ page, language }) => {
  test.skip(language !== "en", "once");
  const words = messagesIn("en");
  const served = await Served.begin({
    name: "Works committee 2027",
    description: "All members of the Northern Foundry vote, until Friday, 12 March, 6 p.m.",
    questions: [
      {
        question: "Who shall sit on the works committee?",
        answers: ["Rosa Prat, foundry", "Ferran Soler, paint shop", "Ana Duarte, transport", "Mikel Etxeberria, office"],
        min: 1,
        max: 2,
      },
      { question: "Shall we take part in the strike of 12 March?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
    ],
    voters: 40,
  });
  try {
    await page.goto(served.booth);
    await page.getByLabel("Ana Duarte, transport").check();
    await page.getByLabel("Yes", { exact: true }).check();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.evaluate(() => scrollTo(0, 0));
    await picture(page, "choose");
    await page.getByLabel(words.codeTitle).fill(served.codes[0] ?? "");
    await page.getByRole("button", { name: words.encrypt }).click();
    await expect(page.getByRole("heading", { name: words.encryptedTitle })).toBeVisible();
    await picture(page, "encrypted");
    await page.getByRole("button", { name: words.openInstead }).click();
    await expect(page.getByRole("heading", { name: words.openedTitle })).toBeVisible();
    await picture(page, "opened");
    await page.getByRole("button", { name: words.encryptAnew }).click();
    await page.getByRole("button", { name: words.cast }).click();
    await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeVisible();
    await picture(page, "received");
    await page.getByRole("link", { name: words.seeBox }).click();
    await expect(page.getByText(words.foundCounts)).toBeVisible();
    await picture(page, "box");
  } finally {
    await served.end();
  }
});
