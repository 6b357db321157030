/** The page's side of the worker that encrypts. */

import type { Reply, Request } from "./encryption-worker.js";
import type { Vote } from "./question.js";

type Fault = Extract<Reply, { what: "fault" }>["fault"];

/** Why the worker did not do what it was asked. */
export class EncryptionFault extends Error {
  constructor(readonly fault: Fault) {
    super(fault.name);
  }
}

/** A worker of our own program. It is ended with the vote that it holds. */
export class Encryption {
  private readonly worker: Worker;

  constructor(script: string) {
    this.worker = new Worker(script);
  }

  /** Encrypts a vote; the check number. */
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

  /** Forgets everything. */
  end(): void {
    this.worker.terminate();
  }

  private ask<What extends Reply["what"]>(
    request: Request,
    expected: What,
    progress: (done: number) => void = () => undefined,
  ): Promise<Extract<Reply, { what: What }>> {
    return new Promise((resolve, reject) => {
      this.worker.onerror = (event) => reject(new EncryptionFault({ name: "other", detail: event.message }));
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
