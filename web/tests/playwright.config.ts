/**
 * Browser tests of all pages, in Debian's Chromium: nothing is downloaded. The program under test is
 * `MANDATE` (target/release/mandate if not set), the browser `CHROMIUM`.
 *
 * A test file stands beside this one and is named after its page. `served.ts` starts the program for it.
 */

import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";
import type { Reading } from "./reading.js";

const isRoot = process.getuid?.() === 0;

const config: PlaywrightTestConfig<Reading> = {
  testDir: ".",
  // `MATCH=pictures.ts` and `MATCH=bench.ts` are no tests: they draw and measure.
  testMatch: process.env["MATCH"] ?? "*.spec.ts",
  outputDir: "../test-results",
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  fullyParallel: true,
  workers: process.env["MATCH"] === undefined ? 2 : 1,
  reporter: process.env["MATCH"]?.endsWith("bench.ts") === true ? [["dot"]] : [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // Chromium refuses its sandbox to root, as whom containers run.
      args: isRoot ? ["--no-sandbox"] : [],
    },
  },
  projects: [
    {
      name: "desktop, English",
      use: { viewport: { width: 1280, height: 900 }, locale: "en-GB", language: "en", colorScheme: "light" },
    },
    {
      name: "phone, Spanish",
      use: {
        viewport: { width: 360, height: 740 },
        hasTouch: true,
        isMobile: true,
        deviceScaleFactor: 2,
        locale: "es-ES",
        language: "es",
        colorScheme: "dark",
      },
    },
  ],
};

export default defineConfig(config);
