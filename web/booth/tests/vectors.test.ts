/** Ballots equal, byte for byte, those that crates/ballot makes of the same randomness. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { encryptVote } from "../src/ballot.js";
import { bytesOf } from "../src/digest.js";
import { parseElection } from "../src/election.js";
import { seededRandomness } from "./seeded-randomness.js";

interface Vector {
  readonly seed: number;
  readonly election: string;
  readonly credential: string;
  readonly votes: number[][];
  readonly fingerprint: string;
  readonly ballot: string;
  readonly tracking_number: string;
}

const vectors = JSON.parse(readFileSync("../testdata/vectors.json", "utf8")) as Vector[];

test("there is a vector for each group", () => {
  const groups = new Set(vectors.map((vector) => parseElection(bytesOf(vector.election)).group));
  assert.deepEqual([...groups].sort(), ["BELENIOS-2048", "Ed25519", "RFC-3526-2048"]);
});

for (const vector of vectors) {
  const election = parseElection(bytesOf(vector.election));
  test(`seed ${vector.seed}, ${election.group}: the ballot is the one made in Rust`, async () => {
    assert.equal(election.fingerprint, vector.fingerprint);
    const vote = await encryptVote(election, vector.credential, vector.votes, seededRandomness(vector.seed));
    const { ballot, trackingNumber } = vote.sign();
    assert.equal(ballot, vector.ballot);
    assert.equal(trackingNumber, vector.tracking_number);
    assert.equal(vote.number, (JSON.parse(ballot) as { signature: { hash: string } }).signature.hash);
  });
}

test("opened votes are those that crates/ballot reads in its tests", async () => {
  // `UPDATE_VECTORS=1 npm run unit` writes them anew.
  const path = "../testdata/opened.json";
  const opened: unknown[] = [];
  for (const vector of vectors.filter(({ seed }) => [1, 4, 6].includes(seed))) {
    const election = parseElection(bytesOf(vector.election));
    const vote = await encryptVote(election, vector.credential, vector.votes, seededRandomness(vector.seed));
    const file = vote.open();
    const { ballot } = JSON.parse(file) as { ballot: object };
    const { signature, ...unsigned } = JSON.parse(vector.ballot) as { signature: object };
    assert.ok(signature);
    assert.deepEqual(ballot, unsigned);
    opened.push({ seed: vector.seed, number: vote.number, file });
  }
  const text = `${JSON.stringify(opened, null, 2)}\n`;
  if (process.env["UPDATE_VECTORS"] !== undefined) {
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"));
});
