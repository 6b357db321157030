/** A federation served by the program, and people who sign in to its pages. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "@playwright/test";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = process.env["MANDATE"] ?? join(root, "target/release/mandate");

/** The words of the pages in a language, by name. */
export function wordsOfPages(language: string): (name: string) => string {
  const lines = readFileSync(join(root, `crates/web/words/${language}.ftl`), "utf8").split("\n");
  const words = new Map(lines.map((line) => line.split(" = ", 2) as [string, string]));
  return (name) => {
    const text = words.get(name);
    if (text === undefined) throw new Error(`the pages have no word ${name}`);
    return text;
  };
}

/** Where the year of the valley lies, once it was run. */
let year: string | undefined;

export class Site {
  private server: ChildProcess | undefined;
  address = "";

  private constructor(
    readonly folder: string,
    readonly record: string,
  ) {}

  /** The year of the valley, to go on with where its record ends. */
  static async valley(): Promise<Site> {
    return Site.example("valley");
  }

  /** The year of an example. */
  static async example(name: string): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), "mandate-pages-"));
    const site = new Site(folder, join(folder, name));
    // The year is the same each time, so it is run once for all tests of a worker.
    if (year === undefined) {
      year = join(mkdtempSync(join(tmpdir(), "mandate-year-")), name);
      site.run("demo", name, "--no-serve", "--json", "--dir", year);
    }
    cpSync(year, site.record, { recursive: true });
    await site.start();
    return site;
  }

  /** The program under test. */
  readonly program = program;

  /** One workplace of eight, founded a moment ago, whose ballots are open. `prepare` is given the record's directory. */
  static async founded(prepare: (record: string) => void = () => undefined): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), "mandate-pages-"));
    const site = new Site(folder, join(folder, "record"));
    site.run("init", "ours", "--name", "Foundry of the Coast");
    const charter = join(folder, "ours/charter.toml");
    writeFileSync(charter, readFileSync(charter, "utf8").replaceAll('ballot = "box"', 'ballot = "open"'));
    writeFileSync(join(folder, "ours/workplaces.csv"), "workplace,branch,district\nW1,C2431,north\n");
    const members = Array.from({ length: 8 }, (_, place) => `M${place + 1},W1,active,person\n`);
    writeFileSync(join(folder, "ours/members.csv"), `member,workplace,standing,kind\n${members.join("")}`);
    site.run("found", "ours", "record", "--commission", "M1");
    prepare(site.record);
    await site.start();
    return site;
  }

  /** Runs the program in the folder. */
  run(...args: string[]): string {
    return execFileSync(program, args, { cwd: this.folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Starts serving, at the address it had before if there was one. */
  async start(time?: Date, ...further: string[]): Promise<void> {
    await this.serve("--trial", ...(time === undefined ? [] : ["--trial-time", time.toISOString()]), ...further);
  }

  /** The same, where one signs in with a code. */
  async startForMembers(): Promise<void> {
    await this.serve();
  }

  private async serve(...options: string[]): Promise<void> {
    const port = this.address === "" ? "0" : new URL(this.address).port;
    const args = ["serve", this.record, "--listen", `127.0.0.1:${port}`, ...options];
    const server = spawn(program, args, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
    this.server = server;
    this.address = await new Promise<string>((resolve, reject) => {
      const said: string[] = [];
      createInterface({ input: server.stderr }).on("line", (line) => {
        said.push(line);
        const address = /serving (http:\S+)/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      });
      server.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said.join("\n")}`)));
    });
  }

  /** Kills the server at once, as a power cut does. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server !== undefined && server.exitCode === null && server.signalCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await ended;
    }
  }

  /** Lets days go by: the server ends and starts later. */
  async later(time: Date): Promise<void> {
    await this.kill();
    await this.start(time);
  }

  /** The data of a page. */
  async data(path: string): Promise<{ as_of_entry: number; tables: Record<string, Record<string, never>[]> }> {
    const answer = await fetch(`${this.address}${path}.json`);
    return (await answer.json()) as never;
  }

  /** The time in the record's last entry. */
  async now(): Promise<Date> {
    const { as_of_entry } = await this.data("/record");
    const page = await (await fetch(`${this.address}/record/${as_of_entry - 1}`)).text();
    const at = /&quot;at&quot;:&quot;([^&]+)&quot;/.exec(page)?.[1];
    if (at === undefined) throw new Error("the last entry has no time");
    return new Date(at);
  }

  /** Ends everything. What the record says is checked once more by the program itself. */
  async end(): Promise<void> {
    await this.kill();
    const verdict = JSON.parse(this.run("record", "verify", this.record, "--json")) as { ok: boolean };
    rmSync(this.folder, { recursive: true });
    if (!verdict.ok) throw new Error("the record does not verify");
  }
}

/** Somebody at a device of their own. */
export class Person {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly site: Site,
    readonly say: (name: string) => string,
  ) {}

  /** Signs in on a device of their own. */
  static async at(browser: Browser, site: Site, member: string, language: string, device = {}): Promise<Person> {
    const context = await browser.newContext({ ...device, locale: language });
    const page = await context.newPage();
    const person = new Person(context, page, site, wordsOfPages(language));
    await page.goto(`${site.address}/sign-in`);
    await page.locator("#member").fill(member);
    await page.locator("main").getByRole("button", { name: person.say("nav-sign-in"), exact: true }).click();
    await page.waitForURL("**/members/me");
    return person;
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.site.address}${path}`);
  }

  /** Sends a form by its button; what was received is acknowledged. */
  async press(name: string): Promise<void> {
    await this.page.locator("main").getByRole("button", { name: this.say(name), exact: true }).first().click();
    await this.page.waitForLoadState();
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
