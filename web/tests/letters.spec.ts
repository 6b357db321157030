/** Calendars, feeds, letters, e-mails and the register's import: what is called reaches those whom it concerns, or the pages say whom not. */

import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MailServer } from "./mail-server.js";
import { expect, expectAccessible, test } from "./reading.js";
import { Person, Site } from "./site.js";

test.use({ actionTimeout: 20_000 });

const DAY = 24 * 3600 * 1000;

const PEOPLE = `member;name;address;e-mail;language
M1;Ada Quillfeather;Harbour Street 4|40210 Northport;m1@foundry.example;en
M2;María Ñandú;Calle Mayor 3|28013 Madrid;m2@foundry.example;es
M3;Łucja Żółć;;m3@foundry.example;
M4;Анна Ёлкина;;m4@foundry.example;
M5;Eve Oakhurst;;m5@foundry.example;
M6;Ben Quay;;;
M7;=HYPERLINK("x");;m7@foundry.example;
M8;محمد;;m8@foundry.example;
M9;Nobody;;m9@foundry.example;
M5;Eve again;;m5@foundry.example;
M6;;;not an address;
`;

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Somebody with the duty convenes the workplace's assembly. */
async function convene(person: Person): Promise<void> {
  await person.goto("/assemblies/workplace/W1");
  const scheduled = new Date(Date.now() + 20 * DAY).toISOString().slice(0, 16);
  await person.page.locator("#scheduled").fill(scheduled);
  await person.page.locator("#agenda").fill("Wages, and the <roof>\nHours");
  await person.press("convene");
  await expect(person.page.locator(".notice")).toBeVisible();
}

function told(site: Site): { told: number; not_reached: number; entitled: number; workplaces: { states: Record<string, number> }[] } {
  const counts = JSON.parse(site.run("letters", site.record, "meeting-1", "--json")) as ReturnType<typeof told>;
  expect(counts.told + counts.not_reached).toBe(counts.entitled);
  return counts;
}

test("a table is seen row by row before it is kept, and letters reach or name everybody", async ({ browser, language, viewport }) => {
  const site = await Site.founded();
  const device = { viewport };
  const secretary = await Person.at(browser, site, "M1", language, device);
  await secretary.goto("/workplaces/W1");
  await secretary.page.getByRole("link", { name: secretary.say("import-link") }).click();
  await expectAccessible(secretary.page);
  await secretary.page.locator("#table").fill(PEOPLE);
  await secretary.press("import-preview");
  await expect(secretary.page.locator(".lead")).toContainText(/8 .* 3 .* 11 /);
  await expect(secretary.page.locator("main")).toContainText("no member M9 is on the roll of W1");
  await expect(secretary.page.locator("main")).toContainText("M5 stands in line 6 already; keep one");
  await expectAccessible(secretary.page);
  await secretary.page.locator("button[value=confirm]").click();
  await expect(secretary.page).toHaveURL(/workplaces\/W1$/);

  await convene(secretary);
  await secretary.goto("/members/me");
  await secretary.page.getByRole("link", { name: secretary.say("can-notify") }).click();
  await expectAccessible(secretary.page);
  await secretary.page.locator("main tbody a").first().click();
  await expect(secretary.page.locator(".lead")).toContainText(/0 .* 8 .* 8 /);
  await expectAccessible(secretary.page);

  await secretary.page.locator("#place").fill("Canteen, gate 2");
  const loading = secretary.page.waitForEvent("download");
  await secretary.page.locator("button[value=letters]").click();
  const download = await loading;
  expect(download.suggestedFilename()).toBe("meeting-1-W1.pdf");
  const file = join(site.folder, "letters.pdf");
  await download.saveAs(file);
  const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  for (const part of ["María Ñandú", "28013 Madrid", "Łucja Żółć", "Анна Ёлкина", "Canteen, gate 2", "Wages, and the <roof>", "Hola, María Ñandú:"]) {
    expect(text).toContain(part);
  }
  const codes = text.split("\f").map((page) => [page, /\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}\b/.exec(page)?.[0]] as const);
  const ofMaria = codes.find(([page]) => page.includes("María"))?.[1] ?? "";
  expect(new Set(codes.flatMap(([, code]) => code ?? [])).size).toBe(7);

  // Somebody whose name cannot be printed is named, with the script.
  await secretary.goto("/notices/meeting-1");
  await expect(secretary.page.locator(".lead")).toContainText(/7 .* 1 .* 8 /);
  await expect(secretary.page.locator("main")).toContainText("U+0645");
  const csv = await (await secretary.context.request.get(`${site.address}/notices/meeting-1.csv?table=not-reached`)).text();
  expect(csv.split("\n")[1]).toMatch(/^محمد,W1,/);

  // The square leads to a page that fills the code in; nothing of it is in an address that a server sees.
  const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: language });
  const page = await phone.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${site.address}/sign-in#code=${ofMaria}`);
  await expect(page.locator("#code")).toHaveValue(ofMaria);
  await page.locator("main button.act").click();
  await page.waitForURL("**/members/me");
  expect(asked.some((url) => url.includes(ofMaria) && !url.includes("#"))).toBe(false);
  await phone.close();
  expect(told(site).workplaces[0]?.states).toMatchObject({ opened: 1, printed: 6, none: 1 });

  // A letter that came back is not told any more; the sum stays.
  await secretary.goto("/notices/meeting-1");
  await secretary.page.locator("#returned").fill("M3");
  await secretary.page.locator("#why").fill("moved away");
  await secretary.page.locator("button[value=returned]").click();
  await expect(secretary.page.locator(".lead")).toContainText(/6 .* 2 .* 8 /);
  await secretary.leave();

  // Nobody else sees or makes them.
  const other = await Person.at(browser, site, "M2", language, device);
  await other.goto("/notices/meeting-1");
  await expect(other.page.locator("main")).toContainText(other.say("notices-not-yours"));
  await other.goto("/workplaces/W1/register");
  await expect(other.page.locator("main")).toContainText(other.say("register-not-yours"));
  await other.goto("/theses");
  const token = (await other.page.locator("input[name=token]").first().getAttribute("value")) ?? "";
  const forged = await other.context.request.post(`${site.address}/letters`, {
    form: { token, occasion: "meeting-1", workplace: "W1", way: "letters", again: "yes" },
  });
  expect(forged.status()).toBe(400);
  expect(forged.headers()["content-type"]).toContain("text/html");
  const unsigned = await fetch(`${site.address}/letters`, { method: "POST", body: new URLSearchParams({ occasion: "meeting-1" }) });
  expect(unsigned.status).toBe(401);
  await other.leave();
  await site.end();
});

test("calendars and feeds say what is called", async ({ browser, language }) => {
  const site = await Site.founded();
  const person = await Person.at(browser, site, "M1", language);
  await convene(person);
  for (const path of ["/meetings.ics", "/meetings/1.ics", "/assemblies/workplace/W1.ics"]) {
    const answer = await fetch(`${site.address}${path}`);
    expect(answer.headers.get("content-type"), path).toContain("text/calendar");
    const text = await answer.text();
    expect(text.match(/BEGIN:VEVENT/g)?.length, path).toBe(1);
    expect(text).toContain("\\n2. Hours");
  }
  expect((await fetch(`${site.address}/members/me.ics`)).status).toBe(401);
  const own = await (await person.context.request.get(`${site.address}/members/me.ics`)).text();
  expect(own).toContain("BEGIN:VEVENT");
  expect((await fetch(`${site.address}/record.ics`)).status).toBe(404);
  for (const path of ["/news", "/motions", "/assemblies/workplace/W1"]) {
    await person.goto(path);
    const href = await person.page.locator("link[type='application/atom+xml']").getAttribute("href");
    const xml = await (await fetch(`${site.address}${href}`)).text();
    const [root, mistakes] = await person.page.evaluate((text) => {
      const read = new DOMParser().parseFromString(text, "application/xml");
      return [`${read.documentElement.namespaceURI} ${read.documentElement.localName}`, read.querySelectorAll("parsererror").length];
    }, xml);
    expect([root, mistakes], path).toEqual(["http://www.w3.org/2005/Atom feed", 0]);
    await expectAccessible(person.page);
  }
  await person.leave();
  await site.end();
});

/** Runs the program while the mail server of this process goes on answering. */
function called(program: string, ...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}

test("each is sent one mail, whatever the server does", async ({ browser, language }) => {
  const port = await freePort();
  let mails: MailServer | undefined;
  const site = await Site.founded((record) => {
    mails = new MailServer(record, port);
  });
  if (mails === undefined) throw new Error("no mail server");
  const table = join(site.folder, "people.csv");
  writeFileSync(table, PEOPLE);
  const imported = spawnSync(site.program, ["register", site.record, table, "--keep"], { encoding: "utf8" });
  expect(imported.status).toBe(1);
  expect(imported.stdout).toContain("8 read + 3 refused = 11 rows");
  const secretary = await Person.at(browser, site, "M1", language);
  await convene(secretary);
  const send = () => called(site.program, "letters", site.record, "meeting-1", "--send");

  // The server is away: nothing is noted of anybody, and the command says so.
  const away = await send();
  expect(away.status, away.stdout + away.stderr).toBe(1);
  expect(away.stderr).toContain("7 not sent");
  expect(told(site).workplaces[0]?.states).toMatchObject({ none: 8 });

  await mails.start();
  mails.treatment.set("m3@foundry.example", "refuse");
  mails.treatment.set("m4@foundry.example", "later");
  mails.treatment.set("m5@foundry.example", "vanish");
  const tried = await called(site.program, "mail", site.record, "--test", "office@foundry.example");
  expect(tried.stdout, tried.stderr).toContain("taken: 250");
  const first = await send();
  expect(first.stdout, first.stderr).toContain("5 of 7 taken, 1 refused, 1 without an answer; 1 have no address");
  expect(first.status).toBe(0);
  expect(told(site).workplaces[0]?.states).toMatchObject({ sent: 5, bounced: 1, unclear: 1, none: 1 });
  await secretary.goto("/notices/meeting-1");
  await expect(secretary.page.locator("main")).toContainText("no such mailbox here");
  await expectAccessible(secretary.page);

  // Again, from the page too: nobody gets a second one.
  expect((await send()).status).toBe(0);
  await secretary.page.locator("button[value=mail]").click();
  await expect(async () => {
    await secretary.goto("/notices/meeting-1");
    await expect(secretary.page.locator(".notice")).toContainText(/0 .* 0 /, { timeout: 500 });
  }).toPass();
  for (const member of ["m1", "m2", "m4", "m5", "m7", "m8"]) {
    expect(mails.taken.get(`${member}@foundry.example`)?.length, member).toBe(1);
  }
  expect(mails.taken.has("m3@foundry.example")).toBe(false);

  // The code in a mail signs in, and the notice says so.
  const mail = mails.taken.get("m7@foundry.example")?.[0] ?? "";
  const code = /[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}/.exec(mail)?.[0] ?? "";
  expect(mail).toContain("Auto-Submitted: auto-generated");
  const answer = await fetch(`${site.address}/sign-in`, { method: "POST", body: new URLSearchParams({ code }), redirect: "manual" });
  expect(answer.status).toBe(303);
  expect(told(site).workplaces[0]?.states).toMatchObject({ sent: 4, opened: 1 });
  await secretary.leave();
  await mails.end();
  await site.end();
});

test("an invitation is passed on narrower, counted, and revoked", async ({ browser, language }) => {
  const site = await Site.founded();
  const secretary = await Person.at(browser, site, "M1", language);
  await convene(secretary);
  await secretary.goto("/assemblies/workplace/W1");
  await secretary.page.getByRole("link", { name: secretary.say("invitations-link") }).click();
  await expectAccessible(secretary.page);
  await secretary.page.locator("#uses").fill("3");
  await secretary.page.locator("button[value=make]").click();
  const link = await secretary.page.locator("#link").inputValue();
  await expectAccessible(secretary.page);

  const guest = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: language });
  const page = await guest.newPage();
  const open = async (address: string): Promise<void> => {
    await page.goto("about:blank");
    await page.goto(address);
  };
  const answer = async (address: string, way: string, name = "Rosa"): Promise<void> => {
    await open(address);
    await page.locator("#guest").fill(name);
    await page.locator(`button[value=${way}]`).click();
    await page.waitForLoadState();
  };
  await open(link);
  await expect(page.locator("#token")).not.toHaveValue("");
  await expectAccessible(page);
  await page.locator("#fewer").fill("1");
  await page.locator("button[value=narrow]").click();
  const narrower = await page.locator("#link").inputValue();
  expect(narrower.length).toBeGreaterThan(link.length);

  await answer(narrower, "check-in");
  await expect(page.locator(".notice")).toHaveText(secretary.say("invitation-expected"));
  await expect(page.locator("main")).toContainText("Wages, and the <roof>");
  await answer(narrower, "read");
  await expect(page.locator("main")).toContainText(secretary.say("invitation-used-up"));
  await answer(link, "read");
  await expect(page.locator("main")).toContainText("Hours");
  await answer(`${link.slice(0, -9)}AAAAAAAA=`, "read");
  await expect(page.locator("main")).toContainText(secretary.say("invitation-unreadable"));

  await secretary.goto("/meetings/1/desk");
  await expect(secretary.page.locator("main")).toContainText("Rosa");
  await page.goto(`${site.address}/meetings/1/desk`);
  await expect(page.locator("main")).not.toContainText("Rosa");
  await secretary.goto("/invitations?assembly=workplace%2FW1");
  await expect(secretary.page.locator("main")).toContainText(/2 (of|de) 3/);
  await secretary.page.locator("button[value=revoke]").click();
  await expect(secretary.page.locator("main")).toContainText(secretary.say("invitation-revoked"));
  await answer(link, "read");
  await expect(page.locator("main")).toContainText(secretary.say("invitation-was-revoked"));
  await guest.close();
  await secretary.leave();
  await site.end();
});
