/** An election made by the program's own commands and served by it. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The program under test. */
export const program = process.env["MANDATE"] ?? fileURLToPath(new URL("../../target/release/mandate", import.meta.url));

export interface Plan {
  readonly group?: "Ed25519" | "RFC-3526-2048" | "BELENIOS-2048";
  readonly name?: string;
  readonly description?: string;
  readonly questions: readonly object[];
  readonly voters: number;
}

export class Served {
  private server: ChildProcess | undefined;
  address = "";

  private constructor(
    readonly folder: string,
    readonly uuid: string,
    /** The voters' private credentials. */
    readonly codes: readonly string[],
  ) {}

  /** Makes an election with one trustee and serves its box. */
  static async begin({ group = "Ed25519", name = "Election", description = "", questions, voters }: Plan): Promise<Served> {
    const folder = mkdtempSync(join(tmpdir(), "mandate-booth-"));
    const run = (...args: string[]): string =>
      execFileSync(program, ["ballot", ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    const uuid = run("id").trim();
    const key = run("trustee-key", "--group", group, "--dir", "trustee").trim();
    run("trustees", "--group", group, "--key", `trustee/${key}.pubkey`, "--out", "trustees.json");
    const style = group === "Ed25519" ? [] : ["--checked"];
    const count = String(voters);
    run("credentials", "--group", group, "--uuid", uuid, "--count", count, ...style, "--dir", "authority");
    writeFileSync(join(folder, "template.json"), JSON.stringify({ description, name, questions }));
    const files = ["--trustees", "trustees.json"];
    run("election", "--group", group, "--uuid", uuid, "--template", "template.json", ...files, "--out", "election.json");
    mkdirSync(join(folder, "boxes"));
    const credentials = ["--credentials", "authority/public.json"];
    run("open", `boxes/${uuid}.bel`, "--election", "election.json", ...files, ...credentials);
    const codes = Object.values(JSON.parse(readFileSync(join(folder, "authority/private.json"), "utf8")) as object);
    const served = new Served(folder, uuid, codes as string[]);
    await served.start();
    return served;
  }

  /** Starts the server, on the port it had before if there was one. */
  async start(): Promise<void> {
    const port = this.address === "" ? "0" : new URL(this.address).port;
    const args = ["ballot", "serve", "boxes", "--listen", `127.0.0.1:${port}`];
    const server = spawn(program, args, { cwd: this.folder, stdio: ["ignore", "pipe", "ignore"] });
    this.server = server;
    const [line] = await new Promise<string[]>((resolve, reject) => {
      createInterface({ input: server.stdout }).once("line", (text) => resolve([text]));
      server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    this.address = `${line}`;
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

  /** Ends everything. */
  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }

  get booth(): string {
    return `${this.address}${this.uuid}/`;
  }

  get archive(): string {
    return join(this.folder, "boxes", `${this.uuid}.bel`);
  }

  /** Runs one of the program's commands for ballots in the election's folder. */
  run(...args: string[]): string {
    return execFileSync(program, ["ballot", ...args], { cwd: this.folder, encoding: "utf8" });
  }

  /** What `mandate ballot verify` says of the archive. It fails where anything is wrong. */
  verify(): { ballots: number; replaced: number } {
    const verdict = JSON.parse(this.run("verify", this.archive, "--json")) as { counts: { ballots: number; replaced: number } };
    return verdict.counts;
  }

  /** `belenios-tool election verify`, which fails where anything is wrong. */
  verifyByBelenios(): void {
    execFileSync("belenios-tool", ["election", "verify"], { cwd: join(this.folder, "boxes"), stdio: "pipe" });
  }

  /** Closes the box, decrypts and publishes the result, which is returned. */
  tally(...shufflers: number[]): unknown {
    const archive = this.archive;
    this.run("close", archive);
    for (const trustee of shufflers) {
      this.run("shuffle", archive, "--trustee", String(trustee), "--out", `${trustee}.shuffle`);
      this.run("add-shuffle", archive, `${trustee}.shuffle`);
    }
    if (shufflers.length > 0) {
      this.run("end-shuffles", archive);
    }
    const [key] = readdirSync(join(this.folder, "trustee")).filter((name) => name.endsWith(".privkey"));
    this.run("decrypt", archive, "--trustee", "1", "--key", `trustee/${key}`, "--out", "1.decryption");
    this.run("add-decryption", archive, "1.decryption");
    return (JSON.parse(this.run("result", archive)) as { result: unknown }).result;
  }
}
