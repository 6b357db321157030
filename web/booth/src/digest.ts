/** SHA-256, the protocol's only hash function, and the spellings of bytes. */

import { sha256 } from "@noble/hashes/sha2.js";

const utf8 = new TextEncoder();

/** The UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return utf8.encode(text);
}

/** SHA-256 of bytes. */
export function hash(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}

/** Base64 without padding: how fingerprints and tracking numbers are written. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
}

/** Lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Base64 of the hash of bytes. */
export function fingerprint(bytes: Uint8Array): string {
  return base64(hash(bytes));
}

/** The number that big-endian bytes write. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt("0x" + hex(bytes));
}
