/** Where the voter's secrets come from: the browser's cryptographic source, and nothing else outside tests. */

/** Fills `bytes` with uniformly random bytes. */
export type Randomness = (bytes: Uint8Array<ArrayBuffer>) => void;

/** `crypto.getRandomValues`. */
export const browserRandomness: Randomness = (bytes) => {
  crypto.getRandomValues(bytes);
};
