/** What answers say to browsers, whose session is whose, and what is noted of those who were turned away. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./reading.js";
import { Person, Site } from "./site.js";

test.use({ actionTimeout: 20_000 });

const YEAR = "max-age=31536000; includeSubDomains";

test("every answer has its headers, and what is somebody's own is kept by nobody", async () => {
  const site = await Site.founded();
  try {
    const cookie = async (): Promise<string> => {
      const signedIn = await fetch(`${site.address}/sign-in`, {
        method: "POST", body: new URLSearchParams({ member: "M2" }), redirect: "manual",
      });
      expect(signedIn.status).toBe(303);
      expect(signedIn.headers.get("cache-control")).toBe("no-store");
      return signedIn.headers.get("set-cookie") ?? "";
    };
    const style = /href="(\/assets\/[^"]+\.css)"/.exec(await (await fetch(site.address)).text())?.[1] ?? "";
    const get = (path: string, headers = {}) => fetch(`${site.address}${path}`, { headers, redirect: "manual" });
    for (const behindTls of [false, true]) {
      if (behindTls) {
        await site.kill();
        await site.start(undefined, "--behind-tls");
      }
      const session = await cookie();
      const name = behindTls ? "__Host-session" : "session";
      expect(session).toMatch(new RegExp(`^${name}=[0-9a-f]{64}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax${behindTls ? "; Secure" : ""}$`));
      const language = (await get("/language?language=es&back=/")).headers.get("set-cookie") ?? "";
      expect([language.includes("HttpOnly"), language.includes("Secure")]).toEqual([true, behindTls]);
      const own = { cookie: session.split(";")[0] ?? "" };
      for (const [path, headers, kept] of [
        ["/", {}, "no-cache"],
        ["/", own, "no-store"],
        ["/members/me", own, "no-store"],
        ["/members/me.json", { authorization: "Bearer mandate_00" }, "no-store"],
        ["/nowhere", {}, "no-cache"],
        ["/act", {}, "no-cache"],
        ["/health", {}, "no-cache"],
        [style, own, "public, max-age=31536000, immutable"],
      ] as const) {
        const answer = await get(path, headers);
        const of = answer.headers;
        expect(of.get("cache-control"), path).toBe(kept);
        expect(of.get("strict-transport-security"), path).toBe(behindTls ? YEAR : null);
        expect(of.get("content-type"), path).not.toBeNull();
        expect(of.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
        expect(of.get("permissions-policy"), path).toContain("geolocation=()");
        expect([of.get("x-content-type-options"), of.get("x-frame-options"), of.get("referrer-policy")]).toEqual(["nosniff", "DENY", "same-origin"]);
        expect([of.get("cross-origin-opener-policy"), of.get("cross-origin-resource-policy")]).toEqual(["same-origin", "same-origin"]);
        expect([of.get("server"), of.get("x-powered-by"), of.get("access-control-allow-origin")]).toEqual([null, null, null]);
        if (path !== style) for (const word of ["cookie", "authorization", "accept-language"]) expect(of.get("vary")).toContain(word);
      }
      // A session of another name is none.
      expect((await get("/members/me", { cookie: own.cookie.replace(name, behindTls ? "session" : "__Host-session") })).status).toBe(401);
    }
    const csv = await get("/assemblies.csv");
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="assemblies.csv"');
    expect((await get("/assemblies/workplace/W1.json")).headers.get("content-disposition")).toContain('filename="assemblies-workplace-W1.json"');
    expect((await get("/theses/99.json")).headers.get("content-disposition")).toContain("attachment");
    for (const method of ["PUT", "DELETE", "OPTIONS"]) {
      expect((await fetch(`${site.address}/theses`, { method })).status, method).toBe(405);
    }
    const asJson = await fetch(`${site.address}/sign-in`, { method: "POST", body: '{"member": "M2"}', headers: { "content-type": "application/json" } });
    expect(asJson.status).toBe(415);
  } finally {
    await site.end();
  }
});

test("who signs in anew in a browser leaves no session behind", async ({ browser, language }) => {
  const site = await Site.founded();
  try {
    const person = await Person.at(browser, site, "M2", language);
    const session = async (): Promise<string> => {
      const cookies = await person.context.cookies(site.address);
      return cookies.find(({ name }) => name === "session")?.value ?? "";
    };
    const own = async (value: string): Promise<number> =>
      (await fetch(`${site.address}/members/me`, { headers: { cookie: `session=${value}` } })).status;
    const first = await session();
    const again = await person.context.request.post(`${site.address}/sign-in`, { form: { member: "M3" }, maxRedirects: 0 });
    expect(again.status()).toBe(303);
    const second = await session();
    expect(second).not.toBe(first);
    expect([await own(first), await own(second)]).toEqual([401, 200]);

    // What was typed and not sent goes with the sign-out.
    await person.goto("/theses");
    await person.page.getByLabel(person.say("title")).fill("Bread");
    const drafts = () => person.page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith("draft ")).length);
    expect(await drafts()).toBeGreaterThan(0);
    await person.goto("/members/me");
    await person.page.getByRole("button", { name: person.say("sign-out"), exact: true }).click();
    await person.page.waitForURL(`${site.address}/`);
    expect(await drafts()).toBe(0);
    expect(await own(second)).toBe(401);
    await person.leave();
  } finally {
    await site.end();
  }
});

test("guesses at a second factor end after ten, from wherever they come, and are counted by name alone", async () => {
  const site = await Site.founded();
  try {
    await site.kill();
    await site.start(undefined, "--behind-tls");
    const send = (path: string, form: Record<string, string>, headers = {}) =>
      fetch(`${site.address}${path}`, { method: "POST", body: new URLSearchParams(form), headers, redirect: "manual" });
    const cookie = ((await send("/sign-in", { member: "M2" })).headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const path = "/members/me/second-factor";
    const page = await (await fetch(`${site.address}${path}`, { headers: { cookie } })).text();
    const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? "";
    expect((await send(path, { do: "begin", token }, { cookie })).status).toBe(200);
    const answers: number[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      const second = String(guess).padStart(6, "0");
      const from = { cookie, "x-forwarded-for": `192.0.2.${guess}` };
      answers.push((await send(path, { do: "confirm", second, token }, from)).status);
    }
    expect(answers).toEqual([...Array<number>(10).fill(400), 429, 429]);
    const counters = await (await fetch(`${site.address}/metrics`)).text();
    expect(counters).toContain('mandate_refusals_total{why="second-wanted"} 10');
    expect(counters).toContain('mandate_refusals_total{why="too-many"} 2');
    expect(counters).not.toContain("M2");
  } finally {
    await site.end();
  }
});

test("names are for members: who has left sees none, though the session lasts", async ({ browser }) => {
  const site = await Site.founded();
  try {
    const table = join(site.folder, "people.csv");
    writeFileSync(table, "member;name\nM1;Ada Quillfeather\n");
    site.run("register", site.record, table, "--keep");
    site.run("codes", "record", "W1", "--out", "codes.csv");
    await site.kill();
    await site.startForMembers();
    const line = readFileSync(join(site.folder, "codes.csv"), "utf8").split("\n").find((text) => text.startsWith("M2,"));
    const context = await browser.newContext();
    const form = { code: line?.trim().split(",")[2] ?? "" };
    expect((await context.request.post(`${site.address}/sign-in`, { form, maxRedirects: 0 })).status()).toBe(303);
    const page = async (): Promise<string> => (await context.request.get(`${site.address}/members/M1`)).text();
    expect(await page()).toContain("Quillfeather");
    const theses = await (await context.request.get(`${site.address}/theses`)).text();
    const token = /name="token" value="([^"]+)"/.exec(theses)?.[1] ?? "";
    const left = await context.request.post(`${site.address}/act`, { form: { do: "leave", token, once: "x", back: "/" }, maxRedirects: 0 });
    expect(left.status()).toBe(303);
    expect(await page()).not.toContain("Quillfeather");
    await context.close();
  } finally {
    await site.end();
  }
});
