/**
 * The group Ed25519 (specification from 2.1 on, "Elliptic curves"), on @noble/curves.
 *
 * Unlike RFC 8032, the specification writes a compressed point as one number in hexadecimal, most significant digit
 * first: the bytes of RFC 8032 in reverse.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { toNumber } from "./digest.js";
import type { Group } from "./group.js";

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;

const ORDER = Point.Fn.ORDER;
/** Bits of an embedded number below its padding (the specification's p). */
const PADDING_BITS = 14;

function times(point: Point, exponent: bigint): Point {
  return exponent === 0n ? Point.ZERO : point.multiply(exponent);
}

function backwards(text: string): string {
  return (text.match(/../g) ?? []).reverse().join("");
}

function uncompress(text: string): Point | undefined {
  try {
    const point = Point.fromHex(backwards(text));
    return point.isTorsionFree() ? point : undefined;
  } catch {
    // The library's way to say that the bytes are no point.
    return undefined;
  }
}

export const ed25519Group: Group<Point> = {
  name: "Ed25519",
  order: ORDER,
  embeddedIntegers: 30,
  identity: Point.ZERO,

  powerOfGenerator: (exponent) => times(Point.BASE, exponent),

  fixedBase(base) {
    const prepared = Point.fromAffine(base.toAffine()).precompute(8, false);
    return (exponent) => times(prepared, exponent);
  },

  multiply: (left, right) => left.add(right),

  encode: (element) => backwards(element.toHex()),

  decode: (text) => (/^[0-9a-f]{64}$/.test(text) ? uncompress(text) : undefined),

  embed(integers) {
    if (integers.length > this.embeddedIntegers) {
      return undefined;
    }
    const number = integers.reduce((sum, integer) => (sum << 8n) | BigInt(integer), 0n) << BigInt(PADDING_BITS);
    for (let padding = 0n; padding < 1n << BigInt(PADDING_BITS); padding++) {
      const point = uncompress((number | padding).toString(16).padStart(64, "0"));
      if (point !== undefined) {
        return point;
      }
    }
    return undefined;
  },

  randomExponent(randomness) {
    // 512 bits modulo a number of 253 bits: the bias is below 2^-250.
    const wide = new Uint8Array(64);
    randomness(wide);
    return toNumber(wide.reverse()) % ORDER;
  },
};
