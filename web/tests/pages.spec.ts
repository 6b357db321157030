/** A year's key scenes on the pages, acted by several people at once. */

import { readFileSync } from "node:fs";
import { expect, expectAccessible, test } from "./reading.js";
import { Person, Site, wordsOfPages } from "./site.js";

// A page that is not as expected says so soon.
test.use({ actionTimeout: 20_000 });

const DAY = 24 * 3600 * 1000;

interface Linked {
  readonly text: string;
  readonly href: string;
}

/** Holds a federation for the length of a test. */
async function holding(begin: () => Promise<Site>, hold: (site: Site) => Promise<void>): Promise<void> {
  const site = await begin();
  try {
    await hold(site);
  } finally {
    await site.end();
  }
}

function ids(rows: Record<string, never>[] | undefined, column: string): string[] {
  return (rows ?? []).map((row) => (row[column] as unknown as Linked).href.split("/").at(-1) ?? "");
}

test("every page reads well, by axe-core's rules, in light and dark, without a script too", async ({ page, language, browser }) => {
  await holding(Site.valley, async (site) => {
    const say = wordsOfPages(language);
    const { tables } = await site.data("/assemblies/congress");
    const [delegate] = ids(tables["delegates"], "delegate");
    const paths = [
      "/", "/assemblies", "/assemblies/congress", `/members/${delegate}`, "/motions", "/motions/1", "/theses", "/theses/1",
      "/elections", "/elections/1", "/meetings", "/meetings/1", "/votes/1", "/recalls", "/recalls/1", "/posts", "/plan",
      "/record", "/record/0", "/sign-in", "/nowhere", "/meetings/1/desk", "/meetings/1/screen",
    ];
    for (const path of paths) {
      await page.goto(`${site.address}${path}`);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expectAccessible(page);
    }
    const plain = await browser.newContext({ javaScriptEnabled: false, locale: language });
    const reader = await plain.newPage();
    for (const path of paths) {
      const answer = await reader.goto(`${site.address}${path}`);
      expect(answer?.status(), path).toBe(path === "/nowhere" ? 404 : 200);
      await expect(reader.locator("h1")).not.toBeEmpty();
    }
    await plain.close();
    await page.goto(`${site.address}/plan`);
    await page.emulateMedia({ media: "print" });
    await expect(page.getByRole("link", { name: say("nav-sign-in") })).toBeHidden();
    for (const name of ["/assemblies", "/motions", "/elections", "/plan", "/record"]) {
      const csv = await (await fetch(`${site.address}${name}.csv`)).text();
      expect(csv.split("\n").length, name).toBeGreaterThan(2);
    }
  });
});

test("theses, a motion, a recall and a report", async ({ browser, language, viewport }) => {
  await holding(Site.valley, async (site) => {
    const device = { viewport };
    const { tables } = await site.data("/assemblies/congress");
    const delegates = ids(tables["delegates"], "delegate");
    const first = await Person.at(browser, site, delegates[0] ?? "", language, device);
    const second = await Person.at(browser, site, delegates[1] ?? "", language, device);
    await expectAccessible(first.page);

    await first.goto("/theses");
    await first.page.getByLabel(first.say("title")).fill("Bread & <roses>");
    await first.page.getByLabel(first.say("text-lines")).fill("Bread first.\nThen roses.");
    await first.press("publish");
    await expect(first.page.locator(".notice")).toBeVisible();
    await second.goto("/theses");
    await second.page.getByRole("link", { name: /Bread & <roses>/ }).last().click();
    await second.press("sign-theses");
    await expect(second.page.locator("main")).toContainText(/2 (signatures|firmas)/);

    await first.goto("/assemblies/congress");
    await first.page.locator("#kind").selectOption("resolution");
    await first.page.locator("#title").fill("A clinic for the valley");
    await first.page.locator("#text").fill("The council finds a house.\nIt opens in spring.");
    await first.press("file-motion");
    await second.goto("/motions");
    await second.page.getByRole("link", { name: /A clinic for the valley/ }).click();
    await expectAccessible(second.page);
    await second.press("sign-motion");
    await second.page.locator("#amended").fill("The council finds a house.\nIt opens before winter.");
    await second.press("amend");
    await expect(second.page.locator("ins")).toHaveText("It opens before winter.");
    await expect(second.page.locator("del")).toHaveText("It opens in spring.");

    await second.goto("/recalls");
    await second.page.locator("textarea[name=reason]").first().fill("The mandate on motion 1 was broken.");
    await second.press("start-recall");
    await second.goto("/recalls");
    await second.page.locator("tbody th a").first().click();
    await expect(second.page.locator("main")).toContainText("The mandate on motion 1 was broken.");
    // Whoever starts a recall has signed it; the vote is called when the petition has its signatures.
    await expect(second.page.locator("main")).toContainText(second.say("call-recall"));
    await expectAccessible(second.page);

    // A workplace reports on its part of the plan: those who hold the duty see the form on their own page.
    const { tables: of } = await site.data("/plan");
    expect(of["variants"]?.length).toBeGreaterThan(1);
    const { tables: bakery } = await site.data("/assemblies/workplace/bakery-1");
    const reporter = await Person.at(browser, site, ids(bakery["posts"], "holder")[0] ?? "", language, device);
    await reporter.page.locator("#part").fill("4/4");
    for (const made of await reporter.page.locator("input[name^=made-]").all()) await made.fill("10,5");
    await expectAccessible(reporter.page);
    await reporter.press("report");
    await expect(reporter.page.locator(".notice")).toBeVisible();
    const said = await (await fetch(`${site.address}/record/${(await site.data("/record")).as_of_entry - 1}`)).text();
    expect(said).toContain("10.5");
    await reporter.leave();
    await first.leave();
    await second.leave();
  });
});

test("an election from the call to the seats, voted by keyboard alone", async ({ browser, language, viewport }) => {
  await holding(Site.founded, async (site) => {
    const device = { viewport };
    const teller = await Person.at(browser, site, "M1", language, device);
    await teller.goto("/assemblies/workplace/W1");
    const call = teller.page.locator("form:has(input[value='call-election']):has(input[name=organ][value^='works-committee'])");
    await call.locator("input[name=lot]").fill("the anvil rings twice");
    await call.getByRole("button").click();
    await expect(teller.page.locator(".notice")).toBeVisible();
    const election = "/elections/1";

    for (const [nominator, candidate] of [["M2", "M3"], ["M3", "M4"], ["M4", "M5"], ["M5", "M6"]] as const) {
      const member = await Person.at(browser, site, nominator, language, device);
      await member.goto(election);
      await member.page.locator("#candidate").fill(candidate);
      await member.press("nominate");
      await member.leave();
      const signer = await Person.at(browser, site, "M7", language, device);
      await signer.goto(election);
      const endorse = signer.page.locator(`form:has(input[value=endorse]):has(input[value=${candidate}])`);
      await endorse.getByRole("button").click();
      await signer.leave();
      const stands = await Person.at(browser, site, candidate, language, device);
      await stands.goto(election);
      await stands.page.getByLabel(stands.say("i-stand"), { exact: true }).check();
      await stands.press("answer-it");
      await stands.leave();
    }

    const start = Date.now();
    await site.later(new Date(start + 5 * DAY));
    for (const voter of ["M2", "M3", "M4"]) {
      const member = await Person.at(browser, site, voter, language, device);
      await member.goto(election);
      await expectAccessible(member.page);
      // By keyboard: to the first field, a rank, on to the next, and Enter.
      const first = member.page.locator("input[name^=rank-]").first();
      for (let presses = 0; presses < 60 && !(await first.evaluate((field) => field === document.activeElement)); presses += 1) {
        await member.page.keyboard.press("Tab");
      }
      await member.page.keyboard.type("1");
      await member.page.keyboard.press("Tab");
      await member.page.keyboard.type("2");
      await member.page.keyboard.press("Enter");
      await expect(member.page.locator("main")).toContainText("M3 > M4");
      await member.leave();
    }
    // Somebody who has voted cannot vote again, whatever they send.
    const again = await Person.at(browser, site, "M2", language, device);
    await again.goto("/theses");
    const token = await again.page.locator("input[name=token]").first().getAttribute("value");
    const answer = await again.context.request.post(`${site.address}/act`, {
      form: { do: "cast", election: "1", "rank-M5": "1", token: token ?? "", once: "again", back: election },
      maxRedirects: 0,
    });
    expect([403, 409]).toContain(answer.status());

    await site.later(new Date(start + 9 * DAY));
    await teller.goto(election);
    await teller.press("close-election");
    await teller.page.locator("#lot").fill("the anvil rings twice");
    await teller.press("count-election");
    await teller.press("declare");
    await expect(teller.page.locator("main")).toContainText(teller.say("declared"));
    await expect(teller.page.locator("svg")).toBeVisible();
    await expectAccessible(teller.page);
    const { tables } = await site.data("/assemblies/workplace/W1");
    expect(tables["posts"]?.length).toBe(3);

    // And out of the post again: a petition, a vote in the box of the workplace, and its count by another teller.
    await again.goto("/recalls");
    const petition = again.page.locator("form:has(input[value=start-recall]):has(input[value=M3])");
    await petition.locator("textarea").fill("The rota was never put up.");
    await petition.getByRole("button").click();
    const signer = await Person.at(browser, site, "M7", language, device);
    await signer.goto("/recalls/1");
    await signer.press("sign-recall");
    await signer.press("call-recall");
    await expect(signer.page.locator("main")).toContainText(signer.say("voting-open"));
    const [counts] = ids(tables["posts"], "holder").filter((holder) => holder !== "M3");
    const other = await Person.at(browser, site, counts ?? "", language, device);
    await site.later(new Date(start + 20 * DAY));
    await other.goto("/recalls/1");
    for (const [field, value] of [["found-for", "4"], ["found-against", "1"], ["found-abstain", "0"], ["spoiled", "0"]] as const) {
      await other.page.locator(`#${field}`).fill(value);
    }
    await other.page.locator("#marked-roll").fill("M2\nM5\nM6\nM7\nM8");
    await expectAccessible(other.page);
    await other.press("count-box");
    await expect(other.page.locator("main")).toContainText(other.say("recalled"));
    const { tables: after } = await site.data("/assemblies/workplace/W1");
    expect(ids(after["posts"], "holder")).not.toContain("M3");
    for (const person of [signer, other]) await person.leave();
    await teller.leave();
    await again.leave();
  });
});

test("a meeting with its quorum lost and regained, a vote live on every device, minutes", async ({ browser, language, viewport }) => {
  await holding(Site.valley, async (site) => {
    const device = { viewport };
    const { tables } = await site.data("/assemblies/congress");
    const delegates = ids(tables["delegates"], "delegate");
    const [chairId] = ids(tables["posts"], "holder");
    const [mover = "", phone = ""] = delegates;
    const begun = await site.now();
    const delegate = await Person.at(browser, site, mover, language, device);
    await delegate.goto("/assemblies/congress");
    await delegate.page.locator("#kind").selectOption("policy");
    await delegate.page.locator("#title").fill("Eight hours");
    await delegate.page.locator("#text").fill("Nobody works longer than eight hours.");
    await delegate.press("file-motion");
    const { tables: all } = await site.data("/motions");
    const motion = ids(all["motions"], "motion")[0] ?? "";
    for (const signer of delegates.slice(1, 3)) {
      const person = await Person.at(browser, site, signer, language, device);
      await person.goto(`/motions/${motion}`);
      await person.press("sign-motion");
      await person.leave();
    }
    const chair = await Person.at(browser, site, chairId ?? "", language, device);
    await chair.goto("/assemblies/congress");
    const scheduled = new Date(begun.getTime() + 20 * DAY);
    await chair.page.locator("#scheduled").fill(scheduled.toISOString().slice(0, 16));
    await chair.page.locator("#agenda").fill(`#${motion} Eight hours`);
    await chair.press("convene");
    await expect(chair.page.locator(".notice")).toBeVisible();
    const { tables: held } = await site.data("/meetings");
    const meeting = ids(held["meetings"], "meeting")[0] ?? "";

    await site.later(new Date(scheduled.getTime() + DAY));
    await chair.goto(`/meetings/${meeting}/desk`);
    await chair.press("open-meeting");
    await expectAccessible(chair.page);
    // Nobody is there yet: the core refuses to put anything, with the charter's article.
    await chair.press("put-question");
    await expect(chair.page.locator("main")).toContainText("level.congress.meeting.quorum");

    // One comes in on the phone, the others are noted at the desk.
    const onPhone = await Person.at(browser, site, phone, language, { viewport: { width: 360, height: 740 } });
    // Held up to the screen at the front, it reads the address that stands there.
    const screen = await browser.newPage();
    await screen.goto(`${site.address}/meetings/${meeting}/screen`);
    await expect(screen.locator(".way-in svg.qr")).toBeVisible();
    const [wayIn] = /https?:\S+/.exec(await screen.locator(".way-in figcaption").innerText()) ?? [""];
    await onPhone.page.goto(wayIn);
    await onPhone.press("come-in");
    await chair.goto(`/meetings/${meeting}/desk`);
    await chair.page.locator("#arrive").fill(delegates.filter((id) => id !== phone).join("\n"));
    await chair.press("note-arrival");
    await expect(chair.page.locator(".quorum")).toContainText(chair.say("quorum-there"));

    // The phone asks for the floor; the desk sees it, gives it, and the screen of the hall says who speaks.
    await onPhone.goto(`/meetings/${meeting}`);
    await onPhone.press("speech-ask");
    await expect(chair.page.locator(".waiting")).toContainText(phone);
    await chair.press("speech-next");
    await expect(screen.locator(".screen .asks")).toContainText(phone);
    await expect(screen.locator(".screen .figure")).toHaveText(/^[23]:\d\d$/);
    await expectAccessible(chair.page);
    await chair.press("speech-end");
    await expect(screen.locator(".screen .figure")).toHaveCount(0);
    const refused = await onPhone.context.request.post(`${site.address}/meetings/${meeting}/floor`, {
      form: { do: "next", minutes: "3", token: (await onPhone.page.locator("input[name=token]").first().getAttribute("value")) ?? "" },
    });
    expect(refused.status()).toBe(400);

    // The vote opens: the phone and the screen of the hall see it without being touched.
    await onPhone.goto(`/meetings/${meeting}`);
    await chair.press("put-question");
    const pro = onPhone.page.locator("#answer-for");
    await expect(pro).toBeVisible();
    await expect(screen.locator(".screen .asks")).toContainText("Eight hours");

    // The server is killed in the middle; what was acknowledged is there, and the phone comes back by itself.
    await site.kill();
    await site.start(new Date(scheduled.getTime() + DAY + 3600_000));
    // Who carries votes of members that are not of one mind splits the card.
    await onPhone.page.locator("details:has(#votes-for) > summary").click();
    const carried = Number(await onPhone.page.locator("#votes-for").getAttribute("max"));
    expect(carried).toBeGreaterThan(2);
    await onPhone.page.locator("#votes-for").fill("2");
    await onPhone.page.locator("#votes-against").fill(`${carried - 2}`);
    await onPhone.press("split-give");
    await expect(onPhone.page.locator("main")).toContainText(`2 ${onPhone.say("for")}, ${carried - 2} ${onPhone.say("against")}`);
    await expect(screen.locator(".screen .figure")).toHaveText("1");
    await site.kill();
    await site.start(new Date(scheduled.getTime() + DAY + 7200_000));
    await onPhone.page.reload();
    await expect(onPhone.page.locator(".notice").last()).toBeVisible();

    // The others answer aloud, and tellers enter them.
    await chair.goto(`/meetings/${meeting}/desk`);
    const others = delegates.filter((id) => id !== phone);
    await chair.page.locator("#members").fill(others.join("\n"));
    await chair.page.locator("#enter-against").check();
    await chair.press("enter-answers");
    await expect(chair.page.locator(".notice")).toBeVisible();

    await chair.press("close-vote");
    await expect(screen.locator(".screen .asks")).toContainText(chair.say("rejected"));
    // Most go home: the quorum is lost, and the desk says so.
    await chair.goto(`/meetings/${meeting}/desk`);
    await chair.page.locator("#depart").fill(others.join("\n"));
    await chair.press("note-departure");
    await expect(chair.page.locator(".quorum")).toContainText(chair.say("quorum-lacking"));

    const minutes = chair.page.locator("#minutes");
    await expect(minutes).toHaveValue(/Eight hours/);
    await minutes.fill(`${await minutes.inputValue()}\nThe hall sang.`);
    await chair.press("keep-minutes");
    await chair.press("close-meeting");
    await chair.goto(`/meetings/${meeting}`);
    await expect(chair.page.locator("pre.minutes")).toContainText("The hall sang.");
    await expectAccessible(chair.page);
    await screen.close();
    for (const person of [delegate, chair, onPhone]) await person.leave();
  });
});

test("what does not belong here is turned away", async ({ browser, language }) => {
  await holding(Site.founded, async (site) => {
    const member = await Person.at(browser, site, "M2", language);
    await member.goto("/theses");
    const field = async (name: string): Promise<string> =>
      (await member.page.locator(`input[name=${name}]`).first().getAttribute("value")) ?? "";
    const form = { do: "publish-theses", title: "One", text: "Once.", token: await field("token"), once: await field("once"), back: "/theses" };
    const send = (changed: object, headers = {}) =>
      member.context.request.post(`${site.address}/act`, { form: { ...form, ...changed }, headers, maxRedirects: 0 });
    // From another site, with another's token, or without one.
    expect((await send({}, { "sec-fetch-site": "cross-site" })).status()).toBe(403);
    expect((await send({}, { origin: "https://elsewhere.example" })).status()).toBe(403);
    expect((await send({ token: "" })).status()).toBe(403);
    expect((await send({ do: "rule" })).status()).toBe(400);
    // Sent twice, it is done once; it leads back to this site and to no other.
    expect((await send({ back: "//elsewhere.example" })).headers()["location"]).toMatch(/^\/\?sent=/);
    expect((await send({})).status()).toBe(303);
    expect((await site.data("/theses")).tables["theses"]?.length).toBe(1);
    // Somebody signed out acts as nobody.
    const stranger = await browser.newContext();
    const refused = await stranger.request.post(`${site.address}/act`, { form, maxRedirects: 0 });
    expect(refused.status()).toBe(401);
    const strict = (await stranger.request.get(site.address)).headers()["content-security-policy"] ?? "";
    expect(strict).toContain("default-src 'none'");
    expect(strict).not.toContain("unsafe");
    // More than fits a form; and an attachment, which is handed out as bytes and never shown as a page.
    const megabytes = await member.context.request.post(`${site.address}/act`, { data: Buffer.alloc(17 << 20, "a") });
    expect(megabytes.status()).toBe(413);
    const founding = await (await stranger.request.get(`${site.address}/record/0`)).text();
    const charter = /&quot;charter&quot;:&quot;([0-9a-f]{64})&quot;/.exec(founding)?.[1] ?? "";
    const attached = await stranger.request.get(`${site.address}/attachments/${charter}`);
    expect(attached.status()).toBe(200);
    expect(attached.headers()).toMatchObject({ "content-type": "application/octet-stream", "x-content-type-options": "nosniff" });
    expect(attached.headers()["content-disposition"]).toContain("attachment");
    expect((await stranger.request.get(`${site.address}/attachments/${"0".repeat(64)}`)).status()).toBe(404);
    // Wrong codes: the same answer for all, and then a pause.
    const guesses = [];
    for (let guess = 0; guess < 12; guess += 1) {
      const answer = await stranger.request.post(`${site.address}/sign-in`, { form: { code: `0000-0000-00${guess}` } });
      guesses.push(answer.status());
    }
    expect(guesses.slice(0, 10)).toEqual(Array(10).fill(400));
    expect(guesses.slice(10)).toEqual([429, 429]);
    await stranger.close();
    await member.leave();
  });
});

test("a code from a letter lets its member in once", async ({ browser, language }) => {
  await holding(Site.founded, async (site) => {
    site.run("codes", "record", "W1", "--out", "codes.csv");
    const lines = readFileSync(`${site.folder}/codes.csv`, "utf8").trim().split("\n");
    expect(lines.length).toBe(9);
    const code = lines[1]?.split(",")[2] ?? "";
    const say = wordsOfPages(language);
    for (const expected of ["M1", say("unreadable")]) {
      const context = await browser.newContext({ locale: language });
      const page = await context.newPage();
      await page.goto(`${site.address}/sign-in`);
      await page.getByLabel(say("code"), { exact: true }).fill(code.toLowerCase());
      await page.locator("main button.act").click();
      await expect(page.locator("h1")).toHaveText(expected);
      await context.close();
    }
  });
});
