/** Signing in by the federation's own provider, and by passkeys. */

import { createHmac } from "node:crypto";
import type { Browser, CDPSession, Page } from "@playwright/test";
import { Accounts, freePort } from "./provider.js";
import { expect, expectAccessible, test } from "./reading.js";
import { Person, Site, wordsOfPages } from "./site.js";

test.use({ actionTimeout: 20_000 });

const NAME = "Union of the Coast";

/** A site and its provider. */
async function withProvider(): Promise<{ site: Site; accounts: Accounts }> {
  const accounts = new Accounts(await freePort(), "a secret & a half");
  const site = await Site.founded((record) => accounts.settle(record));
  await accounts.start(site.address);
  return { site, accounts };
}

/** A word of the pages with a name in it. */
function named(say: (name: string) => string, word: string): string {
  return say(word).replace(/\{ \$(name|what) \}/g, NAME);
}

/** Links the account of somebody who is signed in. */
async function link(person: Person, accounts: Accounts, account: string): Promise<void> {
  await person.goto("/members/me/sign-in");
  await person.page.getByRole("button", { name: named(person.say, "account-link") }).click();
  await person.page.getByRole("link", { name: named(person.say, "account-leave") }).click();
  await accounts.answer(person.page, account);
}

/** Somebody who is signed in nowhere, at the page to sign in. */
async function stranger(browser: Browser, site: Site, language: string): Promise<Page> {
  const context = await browser.newContext({ locale: language });
  const page = await context.newPage();
  await page.goto(`${site.address}/sign-in`);
  return page;
}

test("an account signs in once its member has linked it, and no other does", async ({ browser, language, viewport }) => {
  const say = wordsOfPages(language);
  const { site, accounts } = await withProvider();
  try {
    const member = await Person.at(browser, site, "M2", language, { viewport });
    await member.goto("/members/me/sign-in");
    await expectAccessible(member.page);
    await member.page.getByRole("button", { name: named(say, "account-link") }).click();
    await expectAccessible(member.page);
    await link(member, accounts, "rosa");
    await member.page.waitForURL(`${site.address}/members/me/sign-in`);
    await expect(member.page.locator("table")).toContainText(accounts.issuer);
    await expectAccessible(member.page);

    // Signed out here, and still known there: the link signs in, with no page of the provider's between.
    await member.goto("/members/me");
    await member.press("sign-out-everywhere");
    await member.goto("/members/me");
    await expect(member.page.locator("h1")).toHaveText(say("signed-out"));
    await member.goto("/sign-in");
    await expectAccessible(member.page);
    await member.page.getByRole("link", { name: named(say, "sign-in-provider") }).click();
    await member.page.waitForURL("**/members/me");
    await expect(member.page.locator("h1")).toContainText("M2");
    await member.goto("/members/me/sign-in");
    await expect(member.page.locator("tbody time")).toHaveCount(2);

    // Another account opens nothing, and cannot be linked to two members.
    const page = await stranger(browser, site, language);
    await page.getByRole("link", { name: named(say, "sign-in-provider") }).click();
    await accounts.answer(page, "ignacio");
    await expect(page.locator(".lead")).toHaveText(named(say, "account-unlinked"));
    await expectAccessible(page);
    await page.context().close();
    const other = await Person.at(browser, site, "M3", language);
    await link(other, accounts, "rosa");
    await expect(other.page.locator(".lead")).toHaveText(named(say, "account-anothers"));
    await other.goto("/members/me/sign-in");
    await expect(other.page.locator("table")).toHaveCount(0);
    await other.leave();

    // Removed, it opens nothing any more.
    await member.page.getByRole("radio").check();
    await member.press("way-remove");
    await expect(member.page.locator("table")).toHaveCount(0);
    await member.goto("/sign-in/provider");
    await expect(member.page.locator(".lead")).toHaveText(named(say, "account-unlinked"));
    await member.leave();
  } finally {
    await accounts.end();
    await site.end();
  }
});

test("who calls it off at the provider, or comes back with an answer of another's, is told so", async ({ browser, language }) => {
  const say = wordsOfPages(language);
  const { site, accounts } = await withProvider();
  try {
    const page = await stranger(browser, site, language);
    const provider = page.getByRole("link", { name: named(say, "sign-in-provider") });
    await provider.click();
    await page.waitForURL(`${accounts.issuer}/interaction/**`);
    await page.getByRole("link", { name: "Cancel" }).click();
    await expect(page.locator(".lead")).toHaveText(named(say, "provider-declined"));

    // The address to which the provider sends back, caught before it is opened.
    const member = await Person.at(browser, site, "M2", language);
    await link(member, accounts, "rosa");
    await member.page.waitForURL(`${site.address}/members/me/sign-in`);
    const caught = async (of: Page): Promise<string> => {
      let address = `${site.address}/sign-in/provider`;
      while (!address.includes("/sign-in/provider/back")) {
        const answer = await of.context().request.get(address, { maxRedirects: 0 });
        expect(answer.status(), address).toBe(303);
        address = new URL(answer.headers()["location"] ?? "", address).href;
      }
      return address;
    };
    const asked = async (of: Page, address: string): Promise<string> => {
      await of.goto(address);
      return (await of.locator(".lead").first().textContent()) ?? "";
    };
    const unknown = named(say, "visit-unknown");
    const back = await caught(member.page);
    expect(await asked(page, back), "in another browser").toBe(unknown);
    const forged = new URL(back);
    forged.searchParams.set("state", "A".repeat(43));
    expect(await asked(member.page, forged.href), "with another state").toBe(unknown);
    await member.page.goto(back);
    await expect(member.page.locator("h1")).toContainText("M2");
    expect(await asked(member.page, back), "a second time").toBe(unknown);

    const issuer = new URL(await caught(member.page));
    issuer.searchParams.set("iss", "https://others.example");
    expect(await asked(member.page, issuer.href), "from another issuer").toBe(named(say, "provider-not-believed"));
    const code = new URL(await caught(member.page));
    code.searchParams.set("code", "made-up");
    expect(await asked(member.page, code.href), "with another code").toBe(named(say, "provider-not-believed"));
    const error = new URL(await caught(member.page));
    error.searchParams.delete("code");
    error.searchParams.set("error", "<b>server_error</b>");
    expect(await asked(member.page, error.href)).toBe(say("provider-refuses").replace("{ $what }", "<b>server_error</b>"));

    // Begun as one member and come back as another: nothing is linked.
    await member.goto("/members/me/sign-in");
    await member.page.getByRole("button", { name: named(say, "account-link") }).click();
    await member.page.context().clearCookies({ name: "session" });
    await member.page.getByRole("link", { name: named(say, "account-leave") }).click();
    await expect(member.page.locator(".lead")).toHaveText(unknown);

    // A provider that is away is said to be away, and codes work as ever.
    await accounts.end();
    await site.kill();
    await site.start();
    await page.goto(`${site.address}/sign-in/provider`);
    await expect(page.locator(".lead")).toHaveText(named(say, "provider-away"));
    await page.context().close();
    await member.leave();
  } finally {
    await accounts.end().catch(() => undefined);
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

test("the digits of a second factor are asked for after the provider, and before a way is changed", async ({ browser, language }) => {
  const say = wordsOfPages(language);
  const { site, accounts } = await withProvider();
  try {
    const member = await Person.at(browser, site, "M2", language);
    await link(member, accounts, "rosa");
    await member.goto("/members/me/second-factor");
    await member.press("second-begin");
    const secret = (await member.page.locator("pre code").textContent()) ?? "";
    const step = Math.floor(Date.now() / 30_000);
    await member.page.getByLabel(say("second-digits")).fill(digits(secret, step - 1));
    await member.press("second-confirm");
    await expect(member.page.locator("main")).toContainText(say("second-there"));

    await member.page.context().clearCookies({ name: "session" });
    await member.goto("/sign-in/provider");
    await expect(member.page.locator(".lead")).toHaveText(say("half-lead"));
    await expectAccessible(member.page);
    await member.page.getByLabel(say("second-digits")).fill("000000");
    await member.press("nav-sign-in");
    await expect(member.page.locator(".lead")).toHaveText(say("second-again"));
    await member.goto("/members/me");
    await expect(member.page.locator("h1")).toHaveText(say("signed-out"));
    await member.goto("/sign-in/second");
    await member.page.getByLabel(say("second-digits")).fill(digits(secret, step));
    await member.press("nav-sign-in");
    await member.page.waitForURL("**/members/me");

    // Without digits nothing is linked and nothing removed, whoever sends the form.
    await member.goto("/members/me/sign-in");
    await expectAccessible(member.page);
    const token = (await member.page.locator("input[name=token]").first().getAttribute("value")) ?? "";
    const send = async (form: Record<string, string>) =>
      (await member.context.request.post(`${site.address}/members/me/sign-in`, { form: { token, ...form }, maxRedirects: 0 })).status();
    expect(await send({ do: "remove", way: "account 1" })).toBe(400);
    expect(await send({ do: "link", second: "000000" })).toBe(400);
    expect(await send({ do: "remove", way: "account 1", token: "x" })).toBe(403);
    expect(await send({ do: "remove", way: "account 1", second: digits(secret, step + 1) })).toBe(303);
    await member.leave();
  } finally {
    await accounts.end();
    await site.end();
  }
});

/** A device of Chromium's own making that holds passkeys. */
async function device(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
  return { cdp, authenticatorId };
}

test("a passkey signs in until it is removed, and a copy of it does not", async ({ browser, language, viewport }) => {
  const say = wordsOfPages(language);
  const site = await Site.founded();
  // Passkeys are for names, and this machine's own is the one that needs no TLS.
  site.address = site.address.replace("127.0.0.1", "localhost");
  try {
    const member = await Person.at(browser, site, "M2", language, { viewport });
    const { page } = member;
    const { cdp, authenticatorId } = await device(page);
    await member.goto("/members/me/sign-in");
    await expectAccessible(page);
    const add = async (name: string): Promise<void> => {
      await page.getByLabel(say("passkey-name")).fill(name);
      await member.press("passkey-add");
    };
    await add("<b>telephone</b>");
    await expect(page.locator("table")).toContainText("<b>telephone</b>");
    await expectAccessible(page);
    // One device holds one passkey of a member's for a site, and says so itself.
    await add("again");
    await expect(page.getByRole("alert")).toHaveText(say("passkey-not-made"));
    const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials.map(({ rpId, isResidentCredential }) => [rpId, isResidentCredential])).toEqual([["localhost", true]]);
    expect(Buffer.from(credentials[0]?.userHandle ?? "", "base64").length).toBe(32);

    const signIn = async (): Promise<void> => {
      await member.context.clearCookies();
      await member.goto("/sign-in");
      await page.getByRole("button", { name: say("sign-in-passkey") }).click();
    };
    await signIn();
    await page.waitForURL("**/members/me");
    await expect(page.locator("h1")).toContainText("M2");
    await member.goto("/members/me/sign-in");
    await expect(page.locator("tbody time")).toHaveCount(2);

    // Whoever is not verified by the device is not signed in.
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await signIn();
    await expect(page.getByRole("alert")).toHaveText(say("passkey-none-given"));
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });

    // What was sent once is not taken again, and a made-up answer is refused in the same words.
    await member.goto("/sign-in");
    const sent = page.waitForRequest((asked) => asked.url().endsWith("/sign-in/passkey") && asked.method() === "POST");
    await page.getByRole("button", { name: say("sign-in-passkey") }).click();
    const form = Object.fromEntries(new URLSearchParams((await sent).postData() ?? ""));
    await page.waitForURL("**/members/me");
    const refused = async (fields: Record<string, string>): Promise<void> => {
      const answer = await member.context.request.post(`${site.address}/sign-in/passkey`, {
        form: fields,
        maxRedirects: 0,
        headers: { "accept-language": language },
      });
      expect(answer.status()).toBe(400);
      expect(await answer.text()).toContain(say("passkey-refused"));
    };
    await refused(form);
    await member.context.request.post(`${site.address}/sign-in/passkey/question`);
    await refused({ ...form, credential: "AAAA" });
    await member.context.request.post(`${site.address}/sign-in/passkey/question`);
    await refused(form);

    // A copy of the device, which counts from where it was copied.
    const [now] = (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
    if (now === undefined) throw new Error("the device has no passkey");
    await cdp.send("WebAuthn.removeCredential", { authenticatorId, credentialId: now.credentialId });
    await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...now, signCount: 1 } });
    await signIn();
    await expect(page.locator(".lead")).toHaveText(say("passkey-copied"));
    await cdp.send("WebAuthn.removeCredential", { authenticatorId, credentialId: now.credentialId });
    await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...now, signCount: now.signCount + 10 } });
    await signIn();
    await page.waitForURL("**/members/me");

    await member.goto("/members/me/sign-in");
    await page.getByRole("radio").check();
    await member.press("way-remove");
    await expect(page.locator("table")).toHaveCount(0);
    await signIn();
    await expect(page.locator(".lead")).toHaveText(say("passkey-refused"));
    await expectAccessible(page);
    await member.leave();

    // Without a script the page says what it cannot do, and the code is there.
    const plain = await browser.newContext({ javaScriptEnabled: false, locale: language });
    const bare = await plain.newPage();
    await bare.goto(`${site.address}/sign-in`);
    await expect(bare.locator("main")).toContainText(say("passkey-script"));
    await expect(bare.getByRole("button", { name: say("sign-in-passkey") })).toBeHidden();
    await expect(bare.locator("#code")).toBeVisible();
    await plain.close();
  } finally {
    await site.end();
  }
});
