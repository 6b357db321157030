/** Voting codes: what is one, what is a typing error, and how they may be typed. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { credentialStyle, tidyCredential } from "../src/credential.js";

const vectors = JSON.parse(readFileSync("../testdata/vectors.json", "utf8")) as { credential: string }[];
const DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

test("codes made in Rust are recognised, both styles of them", () => {
  const styles = vectors.map(({ credential }) => credentialStyle(credential));
  assert.deepEqual([...new Set(styles)].sort(), ["checked", "full"]);
});

test("a code of the checked style with any one character altered is no code", () => {
  const code = vectors.map(({ credential }) => credential).find((one) => credentialStyle(one) === "checked") ?? "";
  for (let place = 0; place < code.length; place++) {
    for (const digit of DIGITS) {
      const altered = code.slice(0, place) + digit + code.slice(place + 1);
      const isSame = altered === code;
      // Digits whose values differ by 53, the check's modulus, are not told apart: the protocol has it so.
      const distance = Math.abs(DIGITS.indexOf(digit) - DIGITS.indexOf(code.charAt(place)));
      if (code[place] !== "-" && !isSame && distance !== 53) {
        assert.equal(credentialStyle(altered), undefined, altered);
      }
    }
  }
});

test("codes may be typed with spaces or without hyphens", () => {
  for (const { credential } of vectors) {
    const bare = credential.replaceAll("-", "");
    for (const typed of [bare, ` ${credential} `, credential.replaceAll("-", " "), credential.replaceAll("-", "–")]) {
      assert.equal(tidyCredential(typed), credential);
    }
  }
});

test("what is no code", () => {
  for (const text of ["", "abc", "0bNkT-8HzQ4v-Xy7Wd-pM2sRf", "3bNkT-8HzQ4v-Xy7Wd-pM2sR", "3bNkT8HzQ4v-Xy7Wd-pM2sRf"]) {
    assert.equal(credentialStyle(text), undefined, text);
  }
});
