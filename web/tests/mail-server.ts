/** A mail server for the tests: it takes mails over STARTTLS from whoever has the password, and misbehaves on purpose. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

/** What is done to the mails to one address. */
export type Treatment = "take" | "refuse" | "later" | "vanish";

export class MailServer {
  private server: SMTPServer | undefined;
  /** Mails that were taken, by address. */
  readonly taken = new Map<string, string[]>();
  /** What is done to the next mail to an address; afterwards it is taken. */
  readonly treatment = new Map<string, Treatment>();
  private readonly key: string;
  private readonly certificate: string;

  /** Lays the settings for it into a federation's directory. */
  constructor(
    directory: string,
    readonly port: number,
  ) {
    const file = (name: string): string => join(directory, name);
    execFileSync(
      "openssl",
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
        "-keyout", file("mail-key.pem"), "-out", file("mail-certificate.pem"),
      ],
      { stdio: "ignore" },
    );
    this.key = readFileSync(file("mail-key.pem"), "utf8");
    this.certificate = readFileSync(file("mail-certificate.pem"), "utf8");
    writeFileSync(file("mail-password"), "open sesame\n", { mode: 0o600 });
    writeFileSync(
      file("letters.toml"),
      `address = "http://127.0.0.1:8080"
sender = ["Mill Lane 1", "40210 Northport"]

[mail]
host = "localhost"
port = ${port}
user = "foundry"
password-file = "mail-password"
ca-file = "mail-certificate.pem"
from = "Foundry of the Coast <office@foundry.example>"
attempts = 2
pause-seconds = 1
`,
    );
  }

  async start(): Promise<void> {
    const server = new SMTPServer({
      key: this.key,
      cert: this.certificate,
      onAuth: ({ username, password }, _session, done) => {
        const known = username === "foundry" && password === "open sesame";
        done(known ? null : new Error("wrong password"), { user: username });
      },
      onRcptTo: ({ address }, _session, done) => {
        const refusal = (text: string, responseCode: number): void => done(Object.assign(new Error(text), { responseCode }));
        const treatment = this.treatment.get(address);
        if (treatment === "refuse") return refusal("no such mailbox here", 550);
        if (treatment === "later") {
          this.treatment.delete(address);
          return refusal("mailbox busy, come again", 451);
        }
        return done();
      },
      onData: (stream, session, done) => {
        const address = session.envelope.rcptTo[0]?.address ?? "";
        let text = "";
        stream.on("data", (bytes: Buffer) => (text += bytes.toString()));
        stream.on("end", () => {
          this.taken.set(address, [...(this.taken.get(address) ?? []), text]);
          if (this.treatment.get(address) === "vanish") {
            // The mail is here; whoever sent it never learns that.
            for (const { _socket } of this.connections()) _socket.destroy();
            return;
          }
          done(null, "queued");
        });
      },
    });
    server.on("error", () => undefined);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, "localhost", resolve));
  }

  private connections(): Iterable<{ _socket: { destroy: () => void } }> {
    return (this.server as unknown as { connections: Set<{ _socket: { destroy: () => void } }> }).connections;
  }

  async end(): Promise<void> {
    const { server } = this;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(resolve));
    this.server = undefined;
  }
}
