/**
 * Zero-knowledge proofs by a voter: knowledge of a logarithm, and disjunctions of statements about the voter's own
 * ciphertexts (specification, "Proofs of interval membership" and "Proofs of possibly-blank votes").
 *
 * The voter knows what is encrypted and with which randomness, so that the commitments of simulated parts are powers
 * of g and y too, and come from tables: for a ciphertext (g^r, y^r·g^m) and a part about message j,
 *
 *     g^response · α^challenge         = g^(response + r·challenge)
 *     y^response · (β/g^j)^challenge   = y^(response + r·challenge) · g^((m - j)·challenge)
 */

import { challenge, modulo, type Group } from "./group.js";
import type { Randomness } from "./randomness.js";

/** A non-interactive proof as it stands in messages (specification, "Common structures"). */
export interface Proof {
  readonly challenge: string;
  readonly response: string;
}

/** The group, the election's public key and where randomness comes from. */
export interface Setting<P> {
  readonly group: Group<P>;
  /** The spelling of y. */
  readonly publicKey: string;
  readonly powerOfPublicKey: (exponent: bigint) => P;
  readonly randomness: Randomness;
}

/** A ciphertext whose maker we are: encrypts g^message with the randomness r. */
export interface OwnCiphertext<P> {
  readonly alpha: P;
  readonly beta: P;
  readonly message: number;
  readonly r: bigint;
}

/** "This ciphertext encrypts g^m for one of these messages m": a part of a disjunction. */
export interface Statement<P> {
  readonly ciphertext: OwnCiphertext<P>;
  readonly messages: readonly number[];
}

function written(challengeNumber: bigint, response: bigint): Proof {
  return { challenge: challengeNumber.toString(), response: response.toString() };
}

/** Proves knowledge of x with g^x. `prefix` is what the challenge hashes before the commitment. */
export function proveLogarithm<P>({ group, randomness }: Setting<P>, prefix: string, x: bigint): Proof {
  const w = group.randomExponent(randomness);
  const c = challenge(group, prefix, [group.powerOfGenerator(w)]);
  return written(c, modulo(w - x * c, group.order));
}

/**
 * Proves that one of the statements is true without showing which. `truth` counts through the messages of all
 * statements.
 */
export function proveDisjunction<P>(
  setting: Setting<P>,
  prefix: string,
  statements: readonly Statement<P>[],
  truth: number,
): Proof[] {
  const { group, powerOfPublicKey, randomness } = setting;
  const q = group.order;
  const proofs: Proof[] = [];
  const commitments: P[] = [];
  let simulated = 0n;
  let trueR = 0n;
  const w = group.randomExponent(randomness);
  for (const { ciphertext, messages } of statements) {
    for (const message of messages) {
      if (proofs.length === truth) {
        trueR = ciphertext.r;
        commitments.push(group.powerOfGenerator(w), powerOfPublicKey(w));
        proofs.push(written(0n, 0n));
        continue;
      }
      const c = group.randomExponent(randomness);
      const response = group.randomExponent(randomness);
      const exponent = modulo(response + ciphertext.r * c, q);
      const shift = modulo(BigInt(ciphertext.message - message) * c, q);
      commitments.push(
        group.powerOfGenerator(exponent),
        group.multiply(powerOfPublicKey(exponent), group.powerOfGenerator(shift)),
      );
      simulated += c;
      proofs.push(written(c, response));
    }
  }
  const c = modulo(challenge(group, prefix, commitments) - simulated, q);
  proofs[truth] = written(c, modulo(w - trueR * c, q));
  return proofs;
}
