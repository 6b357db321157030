/** The booth at the address of a federation's pages. */

import { cpSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, expectAccessible, test } from "./reading.js";
import { Served } from "./served.js";
import { Person, Site } from "./site.js";

const STRIKE = { question: "Shall we take part in the strike of 12 March?", answers: ["Yes", "No"], min: 1, max: 1 };

test("the election's page leads to its box, and a ballot is cast without the sign-in", async ({ browser, language, words, viewport }) => {
  const open = await Served.begin({ name: "Strike vote", questions: [STRIKE], voters: 2 });
  await open.kill();
  const site = await Site.valley();
  try {
    // The boxes of the year, as its record keeps them, and one that is still open.
    const boxes = join(site.record, "boxes");
    mkdirSync(boxes);
    site.run("record", "export", site.record, "--out", "copy");
    for (const name of readdirSync(join(site.folder, "copy/attachments"))) {
      const file = join(site.folder, "copy/attachments", name);
      if (readFileSync(file, "latin1").includes('"type":"Result"')) cpSync(file, join(boxes, `${name}.bel`));
    }
    cpSync(open.archive, join(boxes, "open.bel"));
    await site.later(await site.now());

    const { tables } = await site.data("/elections");
    const delegates = (await site.data("/assemblies/congress")).tables["delegates"] ?? [];
    const [delegate] = delegates.map((row) => (row["delegate"] as unknown as { href: string }).href.split("/").at(-1) ?? "");
    const person = await Person.at(browser, site, `${delegate}`, language, { viewport });
    const { page } = person;
    const elections = (tables["elections"] ?? []).map((row) => (row["election"] as unknown as { href: string }).href);
    let found = false;
    for (const election of elections) {
      if (!(await (await fetch(`${site.address}${election}`)).text()).includes('href="/booth/')) continue;
      await page.goto(`${site.address}${election}`);
      const way = page.getByRole("link", { name: person.say("booth-box") });
      found = true;
      await expectAccessible(page);
      await way.click();
      await expect(page).toHaveURL(/\/booth\/[^/]+\/box$/);
      await expect(page.locator("h1")).not.toBeEmpty();
      break;
    }
    expect(found, "an election of the year was held in secret").toBe(true);

    const cookies: (string | undefined)[] = [];
    page.on("request", async (request) => {
      if (request.url().endsWith("/ballots")) cookies.push((await request.allHeaders())["cookie"]);
    });
    expect((await person.context.cookies(site.address)).length, "signed in").toBeGreaterThan(0);
    await page.goto(`${site.address}/booth/${open.uuid}/`);
    await page.getByLabel("Yes", { exact: true }).check();
    await page.getByLabel(words.codeTitle).fill(open.codes[0] ?? "");
    await page.getByRole("button", { name: words.encrypt }).click();
    await page.getByRole("button", { name: words.cast }).click();
    await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeVisible();
    expect(cookies, "the ballot came without the sign-in").toEqual([undefined]);
    site.run("ballot", "verify", join(boxes, "open.bel"));
    await person.context.close();
  } finally {
    await site.end();
    await open.end();
  }
});
