/** What is shipped: the browser's randomness alone, nothing from elsewhere, and hashes that fit. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const read = (name: string): string => readFileSync(`../dist/${name}`, "utf8");
const PAGES = ["booth.html", "box.html", "index.html"];

test("five files, small", () => {
  assert.deepEqual(readdirSync("../dist").sort(), ["booth.css", "booth.html", "booth.js", "box.html", "index.html"]);
  assert.ok(read("booth.js").length < 120_000, `${read("booth.js").length} bytes of script`);
});

test("randomness comes from crypto.getRandomValues; there is no seeded source", () => {
  const script = read("booth.js");
  assert.ok(script.includes("getRandomValues"));
  for (const word of ["seeded randomness", "Math.random", "eval(", "new Function", "importScripts", "document.write", "innerHTML"]) {
    assert.ok(!script.includes(word), word);
  }
  // The word that the seeded source hashes is in the tests, so that its absence above means something.
  assert.ok(readFileSync("../tests/seeded-randomness.ts", "utf8").includes("seeded randomness"));
});

test("nothing is fetched from elsewhere, and no script or style stands in a page", () => {
  for (const name of [...PAGES, "booth.css"]) {
    assert.ok(!/https?:|\/\/[a-z]/i.test(read(name)), name);
  }
  const addresses = read("booth.js").match(/https?:\/\/[^\s"'`)]+/g) ?? [];
  assert.deepEqual(addresses, []);
  for (const name of PAGES) {
    const page = read(name);
    assert.ok(!/<style|style=|onclick|<script[^>]*>[^<]/.test(page), name);
  }
});

test("pages name the hashes of script and styles", () => {
  for (const name of PAGES) {
    for (const file of ["booth.js", "booth.css"]) {
      const hash = createHash("sha256").update(read(file)).digest("base64");
      assert.ok(read(name).includes(`integrity="sha256-${hash}"`), `${name}: ${file}`);
    }
  }
});
