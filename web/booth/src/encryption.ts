/** The page's side of the worker that encrypts. */

import type { Reply, Request } from "./encryption-worker.js";
import type { Vote } from "./question.js";

type Fault = Extract<Reply, { what: "fault" }>["fault"] | { readonly name: "not-loaded" };

/** Why the worker did not do what it was asked. */
export class EncryptionFault extends Error {
  constructor(readonly fault: Fault) {
    super(fault.name);
  }
}

/** A worker of our own program. It is loaded with the page, so that encrypting needs no connection. */
export class Encryption {
  private worker: Worker;
  private isBroken = false;

  constructor(private readonly script: string) {
    this.worker = this.load();
  }

  /** Encrypts a vote, in place of one encrypted before; the check number. */
  async encrypt(
    election: Uint8Array,
    code: string,
    votes: readonly Vote[],
    progress: (done: number) => void,
  ): Promise<string> {
    return (await this.ask({ what: "encrypt", election, code, votes }, "encrypted", progress)).number;
  }

  /** Signs the vote to be cast. */
  async sign(): Promise<{ ballot: string; trackingNumber: string }> {
    const { ballot, trackingNumber } = await this.ask({ what: "sign" }, "signed");
    return { ballot, trackingNumber };
  }

  /** Opens the vote to check it. */
  async open(): Promise<string> {
    return (await this.ask({ what: "open" }, "opened")).file;
  }

  private load(): Worker {
    const worker = new Worker(this.script);
    worker.onerror = () => (this.isBroken = true);
    this.isBroken = false;
    return worker;
  }

  private ask<What extends Reply["what"]>(
    request: Request,
    expected: What,
    progress: (done: number) => void = () => undefined,
  ): Promise<Extract<Reply, { what: What }>> {
    if (this.isBroken) {
      this.worker = this.load();
    }
    return new Promise((resolve, reject) => {
      this.worker.onerror = () => {
        this.isBroken = true;
        reject(new EncryptionFault({ name: "not-loaded" }));
      };
      this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.what === "progress") {
          progress(data.done);
        } else if (data.what === "fault") {
          reject(new EncryptionFault(data.fault));
        } else if (data.what === expected) {
          resolve(data as Extract<Reply, { what: What }>);
        }
      };
      this.worker.postMessage(request);
    });
  }
}
