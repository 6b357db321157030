/** The pictures of the pages in docs/, made anew by `MATCH=pages-pictures.ts PICTURES=FOLDER npm run browser`. */

import { test } from "./reading.js";
import { Site } from "./site.js";

const folder = process.env["PICTURES"] ?? "";

/** The main pages of the year of us-2017: address, name, and how much of each is shown. */
const PAGES = [
  ["/", "front", 1500],
  ["/assemblies/congress", "assembly", 1000],
  ["/members/M005473", "member", 760],
  ["/motions/10", "motion", 1000],
  ["/theses", "theses", 1000],
  ["/elections/5500", "count", 1400],
  ["/votes/1", "vote", 1000],
  ["/plan", "plan", 2200],
  ["/plan/products/211", "product", 1000],
  ["/recalls/1", "recall", 700],
  ["/posts", "posts", 800],
  ["/record", "record", 1000],
] as const;

test("pictures", async ({ page, language }) => {
  test.skip(language !== "en", "once");
  const site = await Site.example("us-2017");
  try {
    for (const [path, name, height] of PAGES) {
      await page.goto(`${site.address}${path}`);
      await page.setViewportSize({ width: 1100, height });
      await page.screenshot({ path: `${folder}/page-${name}.png` });
    }
    await page.emulateMedia({ colorScheme: "dark" });
    for (const [path, name] of [PAGES[0], PAGES[3], PAGES[4]]) {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${site.address}${path}`);
      await page.screenshot({ path: `${folder}/page-${name}-phone-dark.png` });
    }
  } finally {
    await site.end();
  }
});
