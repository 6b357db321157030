/** Bytes derived from a seed by SHA-256 in counter mode, as the Rust tests derive them. Never part of the page. */

import { bytesOf, hash } from "../src/digest.js";
import type { Randomness } from "../src/randomness.js";

function bigEndian(number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

export function seededRandomness(seedNumber: number): Randomness {
  const seed = hash(new Uint8Array([...bytesOf("seeded randomness"), ...bigEndian(seedNumber)]));
  let counter = 0;
  return (bytes) => {
    for (let start = 0; start < bytes.length; start += 32) {
      const block = hash(new Uint8Array([...seed, ...bigEndian(counter)]));
      bytes.set(block.subarray(0, Math.min(32, bytes.length - start)), start);
      counter += 1;
    }
  };
}
