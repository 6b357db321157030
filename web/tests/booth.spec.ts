/** The booth: a vote from the marked paper to the verified archive. */

import type { Locator, Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import type { Messages } from "../booth/src/messages.js";
import { expect, expectAccessible, test } from "./reading.js";
import { Served, type Plan } from "./served.js";

const COMMITTEE = {
  question: "Who shall sit on the works committee?",
  answers: ["Rosa Prat", "Ferran Soler", "Ana Duarte", "Mikel Etxeberria"],
  min: 1,
  max: 2,
};
const STRIKE = { question: "Shall we take part in the strike of 12 March?", answers: ["Yes", "No"], min: 1, max: 1, blank: true };
const RANKED = {
  type: "NonHomomorphic",
  value: { question: "In which order should the workshops be renewed?", answers: ["Foundry", "Paint shop", "Canteen"] },
};
const SIMPLE: Plan = { questions: [STRIKE], voters: 3, name: "Strike vote" };
const WHOLE: Plan = {
  name: "Works committee 2027",
  description: "All members of the works vote, until Friday, 12 March, 6 p.m.",
  questions: [COMMITTEE, STRIKE, RANKED],
  voters: 3,
};

/** Holds an election for the length of a test. */
async function holding(plan: Plan, hold: (served: Served) => Promise<void>): Promise<void> {
  const served = await Served.begin(plan);
  try {
    await hold(served);
  } finally {
    await served.end();
  }
}

async function enterCode(page: Page, words: Messages, served: Served, voter: number): Promise<void> {
  await page.getByLabel(words.codeTitle).fill(served.codes[voter] ?? "");
}

async function encrypt(page: Page, words: Messages): Promise<void> {
  await page.getByRole("button", { name: words.encrypt }).click();
  await expect(page.getByRole("heading", { name: words.encryptedTitle })).toBeVisible();
}

function number(page: Page, label: string): Locator {
  return page.locator("dl.figure", { hasText: label }).locator("dd");
}

async function cast(page: Page, words: Messages): Promise<string> {
  await page.getByRole("button", { name: words.cast }).click();
  await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeVisible();
  return number(page, words.trackingNumber).innerText();
}

/** Votes yes or no on the strike, from the opened booth to the receipt. */
async function vote(page: Page, words: Messages, served: Served, voter: number, answer: string): Promise<string> {
  await page.goto(served.booth);
  await page.getByLabel(answer, { exact: true }).check();
  await enterCode(page, words, served, voter);
  await encrypt(page, words);
  return cast(page, words);
}

for (const group of ["Ed25519", "RFC-3526-2048"] as const) {
  test(`a whole election over ${group}: cast, revote, count, verified by both programs`, async ({ page, words }) => {
    await holding({ ...WHOLE, group }, async (served) => {
      await page.goto(served.booth);
      await expect(page.getByRole("heading", { level: 1, name: WHOLE.name as string })).toBeVisible();
      await expectAccessible(page);
      await page.getByLabel("Ana Duarte").check();
      await page.getByLabel("Rosa Prat").check();
      await page.getByLabel(words.blank).check();
      await page.getByLabel("Canteen").selectOption("1");
      await page.getByLabel("Foundry").selectOption("2");
      await enterCode(page, words, served, 0);
      await encrypt(page, words);
      await expectAccessible(page);
      await expect(page.locator("dl.summary dd")).toHaveText(["Rosa Prat, Ana Duarte", words.blank, "1 Canteen, 2 Foundry"]);
      const first = await cast(page, words);
      await expectAccessible(page);

      await page.getByRole("button", { name: words.voteAgain }).click();
      await expect(page.getByLabel("Ana Duarte")).not.toBeChecked();
      await page.getByLabel("Ferran Soler").check();
      await page.getByLabel("No", { exact: true }).check();
      await page.getByLabel("Paint shop").selectOption("1");
      await enterCode(page, words, served, 0);
      await encrypt(page, words);
      const second = await cast(page, words);
      await expect(page.getByText(words.receivedReplaces)).toBeVisible();
      expect(second).not.toBe(first);

      await page.getByRole("link", { name: words.seeBox }).click();
      await expect(page.getByRole("status")).toHaveText(words.foundCounts);
      await page.getByLabel(words.findLabel).fill(first);
      await page.getByRole("button", { name: words.findButton }).click();
      await expect(page.getByRole("status")).toHaveText(words.foundReplaced);
      await expectAccessible(page);

      expect(served.verify()).toMatchObject({ ballots: 2, replaced: 1 });
      if (group !== "Ed25519") {
        served.verifyByBelenios();
      }
      expect(served.tally(1)).toEqual([[0, 1, 0, 0], [0, 0, 1], [[0, 1, 0]]]);
      if (group !== "Ed25519") {
        served.verifyByBelenios();
      }
      await page.reload();
      await expect(page.getByRole("table", { name: COMMITTEE.question }).getByRole("row", { name: "Ferran Soler 1" })).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test("over BELENIOS-2048 a ballot is cast that both programs accept", async ({ page, words }) => {
  await holding({ ...SIMPLE, group: "BELENIOS-2048" }, async (served) => {
    await vote(page, words, served, 0, "Yes");
    expect(served.verify().ballots).toBe(1);
    served.verifyByBelenios();
    expect(served.tally()).toEqual([[0, 1, 0]]);
  });
});

test("an encryption is opened, checked by the program, and never cast", async ({ page, words }) => {
  await holding(WHOLE, async (served) => {
    await page.goto(served.booth);
    await page.getByLabel("Rosa Prat").check();
    await page.getByLabel("Yes", { exact: true }).check();
    await page.getByLabel("Foundry").selectOption("3");
    await enterCode(page, words, served, 1);
    await encrypt(page, words);
    const shown = await number(page, words.checkNumber).innerText();
    await page.getByRole("button", { name: words.openInstead }).click();
    await expect(page.getByRole("heading", { name: words.openedTitle })).toBeVisible();
    await expectAccessible(page);
    expect(await number(page, words.checkNumber).innerText()).toBe(shown);
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: words.openedSave }).click();
    const file = await (await downloading).path();
    expect(JSON.parse(served.run("check-opened", served.archive, file, "--json"))).toEqual({
      number: shown,
      votes: [[1, 0, 0, 0], [0, 1, 0], [3, 0, 0]],
    });
    // It is no ballot: the box refuses it.
    const opened = JSON.parse(readFileSync(file, "utf8")) as { ballot: object };
    const answer = await page.request.post(`${served.booth}ballots`, {
      data: JSON.stringify(opened.ballot), headers: { "content-type": "application/json" },
    });
    expect(answer.status()).toBe(422);

    await page.getByRole("button", { name: words.encryptAnew }).click();
    await expect(page.getByRole("heading", { name: words.encryptedTitle })).toBeVisible();
    expect(await number(page, words.checkNumber).innerText()).not.toBe(shown);
    await cast(page, words);
    expect(served.verify().ballots).toBe(1);
  });
});

test("with the keyboard alone", async ({ page, words }) => {
  await holding(SIMPLE, async (served) => {
    await page.goto(served.booth);
    await expect(page.getByRole("button", { name: words.encrypt })).toBeVisible();
    const tabTo = async (target: Locator): Promise<void> => {
      for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press("Tab");
        if (await target.evaluate((node) => node === document.activeElement)) {
          return;
        }
      }
      throw new Error("the keyboard does not reach it");
    };
    await tabTo(page.getByLabel("Yes", { exact: true }));
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await expect(page.getByLabel("No", { exact: true })).toBeChecked();
    await tabTo(page.getByLabel(words.codeTitle));
    await page.keyboard.type("wrong");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toBeFocused();
    await expectAccessible(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByLabel(words.codeTitle)).toBeFocused();
    await page.keyboard.press("ControlOrMeta+A");
    // Typed as people type: no hyphens.
    await page.keyboard.type((served.codes[0] ?? "").replaceAll("-", ""));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: words.encryptedTitle })).toBeFocused();
    await tabTo(page.getByRole("button", { name: words.cast }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeFocused();
    expect(served.tally()).toEqual([[0, 0, 1]]);
  });
});

test("a ballot is sent once: lost answers, reloads, a second tap, the way back", async ({ page, words }) => {
  await holding(SIMPLE, async (served) => {
    await page.goto(served.booth);
    await page.getByLabel("Yes", { exact: true }).check();
    await enterCode(page, words, served, 0);
    await encrypt(page, words);
    // The way back leads to the paper, as it was marked.
    await page.goBack();
    await expect(page.getByLabel("Yes", { exact: true })).toBeChecked();
    await encrypt(page, words);
    // The box receives the ballot, the tunnel swallows the answer.
    const sent = new Set<string | null>();
    await page.route("**/ballots", async (route) => {
      sent.add(route.request().postData());
      await route.fetch();
      await route.abort("connectionreset");
    });
    await page.getByRole("button", { name: words.cast }).dblclick();
    await expect(page.getByRole("heading", { name: words.unknownTitle })).toBeVisible();
    await expectAccessible(page);
    // Tapped twice and sent again by itself: always the same ballot.
    expect(sent.size).toBe(1);
    const tracking = await number(page, words.trackingNumber).innerText();
    // A reload in the tunnel, then daylight: the same ballot is sent again by itself.
    await page.reload();
    await expect(page.getByRole("heading", { name: words.unknownTitle })).toBeVisible();
    await page.unroute("**/ballots");
    await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeVisible();
    await expect(page.getByText(words.receivedBefore)).toBeVisible();
    expect(await number(page, words.trackingNumber).innerText()).toBe(tracking);
    await page.reload();
    await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeVisible();
    await page.goBack();
    await page.goForward();
    await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeVisible();
    expect(served.verify().ballots).toBe(1);
  });
});

test("the server is cut off and comes back: what was acknowledged is there, the rest is sent again", async ({ page, words }) => {
  await holding(SIMPLE, async (served) => {
    const first = await vote(page, words, served, 0, "No");
    await page.getByRole("button", { name: words.voteAgain }).click();
    await page.getByLabel("Yes", { exact: true }).check();
    await enterCode(page, words, served, 1);
    await encrypt(page, words);
    // Encrypting needs no connection.
    await page.goBack();
    await served.kill();
    await encrypt(page, words);
    await page.getByRole("button", { name: words.cast }).click();
    await expect(page.getByRole("heading", { name: words.unknownTitle })).toBeVisible();
    await served.start();
    await page.getByRole("button", { name: words.sendAgain }).click();
    await expect(page.getByRole("heading", { name: words.receivedTitle })).toBeVisible();
    await page.goto(`${served.booth}box#${encodeURIComponent(first)}`);
    await expect(page.getByRole("status")).toHaveText(words.foundCounts);
    expect(served.tally()).toEqual([[0, 1, 1]]);
  });
});

test("what is wrong is said in words, and mended where it is", async ({ page, words }) => {
  await holding({ ...WHOLE, voters: 1 }, async (served) => {
    await page.goto(served.booth);
    await page.getByRole("button", { name: words.encrypt }).click();
    const list = page.getByRole("alert").getByRole("listitem");
    await expect(list).toHaveText([words.faultSum(1, 0, 1, 2), words.faultSum(2, 0, 1, 1), words.faultCodeMissing]);
    await expectAccessible(page);
    for (const name of COMMITTEE.answers.slice(0, 3)) {
      await page.getByLabel(name).check();
    }
    await page.getByLabel(words.blank).check();
    // A well-formed code that is not on the list.
    await page.getByLabel(words.codeTitle).fill("11111-111111-11111-111111");
    await page.getByRole("button", { name: words.encrypt }).click();
    await expect(list).toHaveText([words.faultSum(1, 3, 1, 2)]);
    await page.getByLabel(COMMITTEE.answers[2] as string).uncheck();
    await encrypt(page, words);
    await page.getByRole("button", { name: words.cast }).click();
    await expect(page.getByText(words.refusedCredential)).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: words.back }).click();
    await expect(page.getByLabel(COMMITTEE.answers[0] as string)).toBeChecked();
    await enterCode(page, words, served, 0);
    await encrypt(page, words);
    // The box closes while the voter reads.
    served.run("close", served.archive);
    await page.getByRole("button", { name: words.cast }).click();
    await expect(page.getByText(words.refusedClosed)).toBeVisible();
    await page.goto(served.booth);
    await expect(page.getByRole("heading", { name: words.closedTitle })).toBeVisible();
    await expectAccessible(page);
    expect(served.verify().ballots).toBe(0);
  });
});

test("the code of a link is taken out of the address; the languages can be changed without losing the vote", async ({ page, words, language }) => {
  await holding(SIMPLE, async (served) => {
    await page.goto(`${served.booth}#code=${served.codes[0]}`);
    await expect(page.getByLabel(words.codeTitle)).toHaveValue(served.codes[0] ?? "");
    expect(new URL(page.url()).hash).toBe("");
    await page.getByLabel("Yes", { exact: true }).check();
    await page.getByRole("button", { name: language === "en" ? "Español" : "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", language === "en" ? "es" : "en");
    await expect(page.getByLabel("Yes", { exact: true })).toBeChecked();
    await page.getByRole("button", { name: words.language }).click();
    await encrypt(page, words);
    await cast(page, words);
  });
});

test("the list of elections leads to booth and box", async ({ page, words }) => {
  await holding(SIMPLE, async (served) => {
    await page.goto(served.address);
    await expect(page.getByRole("heading", { name: words.electionsTitle })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: `${words.box}: Strike vote` }).click();
    await expect(page.getByText(words.empty)).toBeVisible();
    await page.goBack();
    await page.getByRole("link", { name: `${words.vote}: Strike vote` }).click();
    await expect(page.getByRole("button", { name: words.encrypt })).toBeVisible();
    // 200 % zoom of a window 640 pixels wide.
    await page.setViewportSize({ width: 320, height: 400 });
    await expectAccessible(page);
  });
});
