/** Programs with tokens, and the second factor. */

import { createHmac } from "node:crypto";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, expectAccessible, test } from "./reading.js";
import { Person, Site } from "./site.js";

test.use({ actionTimeout: 20_000 });

test("a program reads and hands in commands with a token, within its rights and no further", async ({ browser, language, viewport }) => {
  const site = await Site.founded();
  try {
    const member = await Person.at(browser, site, "M2", language, { viewport });
    await member.goto("/members/me/tokens");
    await expectAccessible(member.page);
    await member.page.getByLabel(member.say("token-name")).fill("notice board");
    await member.page.getByRole("checkbox", { name: "theses" }).check();
    await member.press("token-make");
    const token = (await member.page.locator(".notice code").textContent()) ?? "";
    expect(token).toMatch(/^mandate_[0-9a-f]{64}$/);
    await expectAccessible(member.page);

    const call = async (path: string, body?: object, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${site.address}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const publish = { action: { theses: { publish: { title: "One", text: ["Once."] } } } };
    const key = { "idempotency-key": "one" };
    expect((await call("/members/me.json")).body["title"]).toContain("M2");
    const first = await call("/api/commands", publish, key);
    expect(first).toMatchObject({ status: 200, body: { entries: 1 } });
    const again = await call("/api/commands", publish, key);
    expect(again.body).toEqual({ first_entry: first.body["first_entry"], entries: 0 });
    expect((await site.data("/theses")).tables["theses"]?.length).toBe(1);

    const beyond = await call("/api/commands", { action: { motion: { sign: { motion: 1 } } } });
    expect(beyond.status).toBe(403);
    expect(beyond.body["detail"]).toContain("motion");
    const refused = await call("/api/commands", { action: { theses: { sign: { theses: 1 } } } });
    expect(refused).toMatchObject({ status: 409, body: { refusal: "AlreadySigned" } });
    const asAnother = await call("/api/commands", { ...publish, by: "M1" });
    expect(asAnother.status).toBe(400);
    expect((await call("/api/commands", { action: { theses: {} } })).status).toBe(400);
    expect((await call("/members/me.json", undefined, { authorization: "Bearer mandate_00" })).status).toBe(401);
    expect((await call("/theses/99.json")).status).toBe(404);
    // A token makes no tokens, and opens no browser's session.
    const made = await fetch(`${site.address}/members/me/tokens`, {
      method: "POST", redirect: "manual", headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
      body: "name=more&days=1",
    });
    expect(made.status).toBe(401);

    // Nor does it send forms of pages, which would do what it has no right to.
    const form = /name="token" value="([^"]+)"/.exec(
      await (await fetch(`${site.address}/theses`, { headers: { authorization: `Bearer ${token}` } })).text(),
    )?.[1];
    const formSent = await fetch(`${site.address}/act`, {
      method: "POST", redirect: "manual", headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ do: "leave", token: form ?? "", once: "x", back: "/" }).toString(),
    });
    expect(formSent.status).toBe(401);

    await member.goto("/members/me/tokens");
    await member.page.getByRole("button", { name: /notice board/ }).click();
    expect((await call("/members/me.json")).status).toBe(401);

    // To be tried on a page, as a program would.
    await member.goto("/api");
    await expectAccessible(member.page);
    await member.page.getByLabel(member.say("api-action")).fill('{"theses": {"publish": {"title": "Two", "text": ["Twice."]}}}');
    await member.press("api-hand-in");
    await expect(member.page.locator(".notice")).toBeVisible();
    await member.leave();
  } finally {
    await site.end();
  }
});

test("the interface's description is OpenAPI, and every page that it names is there", async () => {
  const site = await Site.valley();
  try {
    const document = (await (await fetch(`${site.address}/api/openapi.json`)).json()) as {
      paths: Record<string, { get?: { parameters?: unknown[] } }>;
    };
    const verdict = await new Validator().validate(document);
    expect(verdict.errors ?? []).toEqual([]);
    for (const [path, { get }] of Object.entries(document.paths)) {
      if (get === undefined || path === "/events" || (get.parameters ?? []).length > 0) continue;
      const own = /^\/(members\/me|notices|invitations)\b/.test(path);
      expect((await fetch(`${site.address}${path}`)).status, path).toBe(own ? 401 : 200);
    }
    const counters = await (await fetch(`${site.address}/metrics`)).text();
    expect(counters).toContain('mandate_requests_total{page="plan",status="200"} 1');
    const forwarded = await fetch(`${site.address}/metrics`, { headers: { "x-forwarded-for": "192.0.2.1" } });
    expect(forwarded.status).toBe(404);
  } finally {
    await site.end();
  }
});

/** What a device shows (RFC 6238), from its secret in base 32 (RFC 4648). */
function digits(secret: string, step: number): string {
  const bits = [...secret].map((sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

test("a second factor is asked for once it is set up, and each of its codes is good once", async ({ browser, language, viewport }) => {
  const site = await Site.founded();
  try {
    const member = await Person.at(browser, site, "M2", language, { viewport });
    await member.goto("/members/me/second-factor");
    await expectAccessible(member.page);
    await member.press("second-begin");
    await expect(member.page.locator("svg.qr")).toBeVisible();
    await expectAccessible(member.page);
    const secret = (await member.page.locator("pre code").textContent()) ?? "";
    const step = Math.floor(Date.now() / 30_000);
    await member.page.getByLabel(member.say("second-digits")).fill("000000");
    await member.press("second-confirm");
    await expect(member.page.locator("h1")).toHaveText(member.say("unreadable"));
    const confirm = { do: "confirm", second: digits(secret, step), token: "" };
    await member.goto("/members/me/second-factor");
    confirm.token = (await member.page.locator("input[name=token]").first().getAttribute("value")) ?? "";
    await member.context.request.post(`${site.address}/members/me/second-factor`, { form: confirm });
    await member.goto("/members/me/second-factor");
    await expect(member.page.locator("main")).toContainText(member.say("second-there"));

    const stranger = await browser.newContext({ locale: language });
    const signIn = async (second: string) =>
      (await stranger.request.post(`${site.address}/sign-in`, { form: { code: "", member: "M2", second }, maxRedirects: 0 })).status();
    expect(await signIn("")).toBe(400);
    expect(await signIn(digits(secret, step))).toBe(400);
    expect(await signIn(digits(secret, step + 1))).toBe(303);
    await stranger.close();
    await member.leave();
  } finally {
    await site.end();
  }
});

test("who holds a post acts only with a second factor, also through a program", async ({ browser, language, viewport }) => {
  const site = await Site.valley();
  try {
    await site.kill();
    await site.start(undefined, "--officers-second-factor", "true");
    const { tables } = await site.data("/assemblies/workplace/bakery-1");
    const holder = (tables["posts"]?.[0] as unknown as { holder: { href: string } }).holder.href.split("/").at(-1) ?? "";
    const officer = await Person.at(browser, site, holder, language, { viewport });
    const report = async () => {
      await officer.goto("/members/me");
      await officer.page.locator("#part").fill("4/4");
      for (const made of await officer.page.locator("input[name^=made-]").all()) await made.fill("10");
      await officer.press("report");
    };
    await report();
    await expect(officer.page.locator("main")).toContainText(officer.say("second-first"));
    const form = async (path: string, fields: Record<string, string>) => {
      await officer.goto(path);
      const token = (await officer.page.locator("input[name=token]").first().getAttribute("value")) ?? "";
      return officer.context.request.post(`${site.address}${path}`, { form: { ...fields, token }, maxRedirects: 0 });
    };
    expect((await form("/members/me/tokens", { name: "reports", days: "1", "kind-plan": "yes" })).status()).toBe(400);

    await officer.goto("/members/me/second-factor");
    await officer.press("second-begin");
    const secret = (await officer.page.locator("pre code").textContent()) ?? "";
    const second = digits(secret, Math.floor(Date.now() / 30_000));
    expect((await form("/members/me/second-factor", { do: "confirm", second })).status()).toBe(303);
    await report();
    await expect(officer.page.locator(".notice")).toBeVisible();
    await officer.leave();
  } finally {
    await site.end();
  }
});
