/** Ballots and their signatures (specification, "Ballots" and "Signatures"). */

import { encryptAnswer, type Answer } from "./answer.js";
import { deriveExponent } from "./credential.js";
import { bytesOf, fingerprint } from "./digest.js";
import { ed25519Group } from "./ed25519.js";
import type { Election } from "./election.js";
import { belenios2048, rfc3526 } from "./field.js";
import type { Group } from "./group.js";
import { proveLogarithm, type Setting } from "./proof.js";
import { faultOf, type Vote, type VoteFault } from "./question.js";
import type { Randomness } from "./randomness.js";

/** Why no ballot can be made. */
export class BallotFault extends Error {
  constructor(
    readonly fault:
      | { readonly name: "credential" }
      | { readonly name: "group" }
      | { readonly name: "public-key" }
      | { readonly name: "vote"; readonly question: number; readonly vote: VoteFault },
  ) {
    super(fault.name);
  }
}

/** The unsigned ballot; its fields are in the order that the specification fixes. */
interface Unsigned {
  readonly election_uuid: string;
  readonly election_hash: string;
  readonly credential: string;
  readonly answers: readonly Answer[];
}

/** An encrypted vote that is not signed yet: it can be opened to check it, or signed to be cast, not both. */
export interface EncryptedVote {
  /** The Base64 of the unsigned ballot's hash: no other vote can take this one's place once it is shown. */
  readonly number: string;
  /** Signs it: the ballot as it is cast, and its tracking number. */
  sign(): { ballot: string; trackingNumber: string };
  /** The file by which everybody can check what was encrypted. It holds no signature, and so is no ballot. */
  open(): string;
}

/**
 * Encrypts a vote: for each question the numbers that `Vote` describes. Throws a `BallotFault` where the credential
 * or the vote is not allowed. `progress` hears after each question how many are done.
 */
export async function encryptVote(
  election: Election,
  credential: string,
  votes: readonly Vote[],
  randomness: Randomness,
  progress: (questions: number) => void = () => undefined,
): Promise<EncryptedVote> {
  switch (election.group) {
    case ed25519Group.name:
      return encryptIn(ed25519Group, election, credential, votes, randomness, progress);
    case belenios2048.name:
      return encryptIn(belenios2048, election, credential, votes, randomness, progress);
    case rfc3526.name:
      return encryptIn(rfc3526, election, credential, votes, randomness, progress);
    default:
      throw new BallotFault({ name: "group" });
  }
}

async function encryptIn<P>(
  group: Group<P>,
  election: Election,
  credential: string,
  votes: readonly Vote[],
  randomness: Randomness,
  progress: (questions: number) => void,
): Promise<EncryptedVote> {
  election.questions.forEach((question, index) => {
    const vote = faultOf(question, votes[index] ?? []);
    if (vote !== undefined) {
      throw new BallotFault({ name: "vote", question: index + 1, vote });
    }
  });
  const secret = await deriveExponent(election.uuid, credential, group.order);
  if (secret === undefined) {
    throw new BallotFault({ name: "credential" });
  }
  const publicKey = group.decode(election.publicKey);
  if (publicKey === undefined) {
    throw new BallotFault({ name: "public-key" });
  }
  const setting: Setting<P> = {
    group,
    publicKey: election.publicKey,
    powerOfPublicKey: group.fixedBase(publicKey),
    randomness,
  };
  const publicCredential = group.encode(group.powerOfGenerator(secret));
  const prefix = `${election.fingerprint}|${publicCredential}`;
  const own = election.questions.map((question, index) => {
    const answer = encryptAnswer(setting, prefix, question, votes[index] ?? []);
    progress(index + 1);
    return answer;
  });
  const unsigned: Unsigned = {
    election_uuid: election.uuid,
    election_hash: election.fingerprint,
    credential: publicCredential,
    answers: own.map(({ answer }) => answer),
  };
  const number = fingerprint(bytesOf(JSON.stringify(unsigned)));
  return {
    number,
    sign() {
      const signature = { hash: number, proof: proveLogarithm(setting, `sig|${number}|`, secret) };
      const ballot = JSON.stringify({ ...unsigned, signature });
      return { ballot, trackingNumber: fingerprint(bytesOf(ballot)) };
    },
    open() {
      const opening = own.map((answer) => answer.randomness.map(String));
      return JSON.stringify({ ballot: unsigned, randomness: opening });
    },
  };
}
