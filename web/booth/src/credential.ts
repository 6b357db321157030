/** Credentials (specification, "Credentials"): the secret that a voter gets, here called the voting code. */

import { pbkdf2Async } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesOf, hash, toNumber } from "./digest.js";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** Specification 2.1 and later: XXXXX-XXXXXX-XXXXX-XXXXXX. */
const FULL = [5, 6, 5, 6];
/** Specification 2.0: XXX-XXX-XXX-XXX-XXX, the last character a check digit. */
const CHECKED = [3, 3, 3, 3, 3];
const CHECKED_MODULUS = 53;
/** Iterations of PBKDF2 for the style of version 2.0. */
const ITERATIONS = 1_000;

/** How a private credential looks and how its exponent is derived. */
export type CredentialStyle = "full" | "checked";

/** What was typed, as it is written in the letter: without spaces, with the hyphens in their places. */
export function tidyCredential(typed: string): string {
  const digits = typed.replace(/[\s\-‐‑–—.]/g, "");
  const groups = digits.length === 22 ? FULL : digits.length === 15 ? CHECKED : undefined;
  if (groups === undefined) {
    return typed.trim();
  }
  let start = 0;
  return groups.map((length) => digits.slice(start, (start += length))).join("-");
}

/** The style of a private credential; none where it is neither, in practice a typing error. */
export function credentialStyle(credential: string): CredentialStyle | undefined {
  const groups = credential.split("-").map((group) => group.length);
  const digits = Array.from(credential.replaceAll("-", ""), (character) => BASE58.indexOf(character));
  const isGrouped = (lengths: readonly number[]): boolean => groups.join() === lengths.join();
  if (digits.includes(-1)) {
    return undefined;
  }
  if (isGrouped(FULL)) {
    return "full";
  }
  if (!isGrouped(CHECKED) && !isGrouped([15])) {
    return undefined;
  }
  const number = digits.slice(0, 14).reduce((sum, digit) => (sum * 58 + digit) % CHECKED_MODULUS, 0);
  return (number + (digits[14] ?? 0)) % CHECKED_MODULUS === 0 ? "checked" : undefined;
}

/** The secret exponent of a private credential in the election `uuid`; none where it is no credential. */
export async function deriveExponent(uuid: string, credential: string, order: bigint): Promise<bigint | undefined> {
  switch (credentialStyle(credential)) {
    case undefined:
      return undefined;
    case "full": {
      const half = (index: number): Uint8Array =>
        hash(bytesOf(`derive_credential|${uuid}|${index}|${credential}`));
      return ((toNumber(half(0)) << 256n) | toNumber(half(1))) % order;
    }
    case "checked": {
      const options = { c: ITERATIONS, dkLen: 32 };
      return toNumber(await pbkdf2Async(sha256, bytesOf(credential), bytesOf(uuid), options)) % order;
    }
  }
}
