/** Encrypts beside the page, so that the page answers while it does. */

import { BallotFault, encryptVote, type EncryptedVote } from "./ballot.js";
import { parseElection } from "./election.js";
import { browserRandomness } from "./randomness.js";
import type { Vote } from "./question.js";

export type Request =
  | { readonly what: "encrypt"; readonly election: Uint8Array; readonly code: string; readonly votes: readonly Vote[] }
  | { readonly what: "sign" }
  | { readonly what: "open" };

export type Reply =
  | { readonly what: "progress"; readonly done: number }
  | { readonly what: "encrypted"; readonly number: string }
  | { readonly what: "signed"; readonly ballot: string; readonly trackingNumber: string }
  | { readonly what: "opened"; readonly file: string }
  | { readonly what: "fault"; readonly fault: BallotFault["fault"] | { readonly name: "other"; readonly detail: string } };

/** The one encrypted vote there is. It is signed or opened, never both. */
let encrypted: EncryptedVote | undefined;

function takeEncrypted(): EncryptedVote {
  if (encrypted === undefined) {
    throw new Error("there is no encrypted vote");
  }
  const taken = encrypted;
  encrypted = undefined;
  return taken;
}

async function reply(request: Request, post: (reply: Reply) => void): Promise<Reply> {
  switch (request.what) {
    case "encrypt": {
      const election = parseElection(request.election);
      const progress = (done: number): void => post({ what: "progress", done });
      encrypted = await encryptVote(election, request.code, request.votes, browserRandomness, progress);
      return { what: "encrypted", number: encrypted.number };
    }
    case "sign":
      return { what: "signed", ...takeEncrypted().sign() };
    case "open":
      return { what: "opened", file: takeEncrypted().open() };
  }
}

/** Answers the page's requests. */
export function serveEncryption(scope: DedicatedWorkerGlobalScope): void {
  const post = (message: Reply): void => scope.postMessage(message);
  scope.addEventListener("message", (event: MessageEvent<Request>) => {
    reply(event.data, post).then(post, (error: unknown) => {
      const fault =
        error instanceof BallotFault
          ? error.fault
          : ({ name: "other", detail: error instanceof Error ? error.message : String(error) } as const);
      post({ what: "fault", fault });
    });
  });
}
