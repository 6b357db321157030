/** Groups of prime order (specification, "Groups"), written multiplicatively, as far as a voter needs them. */

import { bytesOf, hash, toNumber } from "./digest.js";
import type { Randomness } from "./randomness.js";

/** A group whose elements are of type `P`. */
export interface Group<P> {
  /** The name in the election's field `group`. */
  readonly name: string;
  /** The order q. */
  readonly order: bigint;
  /** How many numbers of 8 bits an element carries; 0 where it carries none. */
  readonly embeddedIntegers: number;
  /** The neutral element. */
  readonly identity: P;
  /** g^exponent, 0 ≤ exponent < q, from a table. */
  readonly powerOfGenerator: (exponent: bigint) => P;
  /** The function base^exponent for a base that is used often. */
  fixedBase(base: P): (exponent: bigint) => P;
  multiply(left: P, right: P): P;
  /** The canonical spelling. */
  encode(element: P): string;
  /** Reads the canonical spelling of an element; none where the text is no spelling of one or it is outside the group. */
  decode(text: string): P | undefined;
  /** Encodes numbers below 256 as an element (`of_ints`); none where they do not fit. */
  embed(integers: readonly number[]): P | undefined;
  /** A uniformly random exponent. */
  randomExponent(randomness: Randomness): bigint;
}

/** The remainder of a number, which may be negative, modulo q. */
export function modulo(number: bigint, order: bigint): bigint {
  const remainder = number % order;
  return remainder < 0n ? remainder + order : remainder;
}

/** SHA-256 of `prefix` and the elements' spellings separated by commas, modulo q: the protocol's challenges. */
export function challenge<P>(group: Group<P>, prefix: string, commitments: readonly P[]): bigint {
  const text = prefix + commitments.map((element) => group.encode(element)).join(",");
  return toNumber(hash(bytesOf(text))) % group.order;
}
