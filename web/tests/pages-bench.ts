/**
 * What each page of us-2017's year weighs without pictures, and how soon Chromium shows something of it: one JSON object,
 * a line each; `script/bench-pages` runs it.
 */

import { test } from "./reading.js";
import { Site } from "./site.js";

const REPETITIONS = 5;
const LIMIT_BYTES = 100_000;
const LIMIT_MS = 300;

test("weight and first paint", async ({ browser, language }) => {
  test.skip(language !== "en", "once");
  test.setTimeout(600_000);
  const site = await Site.example("us-2017");
  try {
    for (const path of [
      "/", "/assemblies", "/assemblies/congress", "/motions", "/motions/10", "/theses", "/theses/1", "/elections",
      "/elections/100", "/meetings", "/meetings/1", "/votes/1", "/recalls", "/posts", "/plan", "/record", "/sign-in", "/api",
    ]) {
      const html = await (await fetch(`${site.address}${path}`)).text();
      const bytes = Buffer.byteLength(html.replaceAll(/<svg[\s\S]*?<\/svg>/g, ""));
      const paints: number[] = [];
      for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`${site.address}${path}`);
        paints.push(
          await page.evaluate(async () => {
            for (;;) {
              const [paint] = performance.getEntriesByName("first-contentful-paint");
              if (paint !== undefined) return paint.startTime;
              await new Promise((resolve) => setTimeout(resolve, 5));
            }
          }),
        );
        await context.close();
      }
      paints.sort((left, right) => left - right);
      const median = paints[Math.floor(REPETITIONS / 2)] ?? Number.NaN;
      const figures = {
        bench: "page", path, bytes_without_pictures: bytes, limit_bytes: LIMIT_BYTES,
        first_contentful_paint_ms: Math.round(median), limit_ms: LIMIT_MS,
      };
      console.log(JSON.stringify(figures));
    }
  } finally {
    await site.end();
  }
});
