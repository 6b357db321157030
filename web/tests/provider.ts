/** A provider of accounts for the tests: npm's `oidc-provider`, which is certified by the OpenID Foundation. */

import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import Provider from "oidc-provider";

/** A port of this machine that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Accounts {
  private server: Server | undefined;
  readonly issuer: string;

  constructor(
    private readonly port: number,
    private readonly secret: string,
  ) {
    this.issuer = `http://127.0.0.1:${port}`;
  }

  /** Names the provider in a federation's directory. */
  settle(directory: string): void {
    writeFileSync(join(directory, "provider-secret"), `${this.secret}\n`, { mode: 0o600 });
    writeFileSync(
      join(directory, "provider.toml"),
      `name = "Union of the Coast"
issuer = "${this.issuer}"
client-id = "foundry"
client-secret-file = "provider-secret"
`,
    );
  }

  /** Starts, for a site at an address. */
  async start(site: string): Promise<void> {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: "foundry",
          client_secret: this.secret,
          redirect_uris: [`${site}/sign-in/provider/back`],
          grant_types: ["authorization_code"],
          response_types: ["code"],
        },
      ],
      pkce: { required: () => true },
      // Any name and any password sign in on its pages, which are its own.
      features: { devInteractions: { enabled: true } },
      cookies: { keys: ["for the tests"] },
    });
    this.server = await new Promise<Server>((resolve) => {
      const server = provider.listen(this.port, "127.0.0.1", () => resolve(server));
    });
  }

  /** Answers the provider's pages as whoever has an account there: their name, then their consent. */
  async answer(page: Page, account: string): Promise<void> {
    await page.waitForURL(`${this.issuer}/interaction/**`);
    await page.locator("input[name=login]").fill(account);
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    await page.getByRole("button", { name: "Continue" }).click();
  }

  async end(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }
}
