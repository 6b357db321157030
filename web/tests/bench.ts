/**
 * How long the booth takes to encrypt a ballot of ten answers, from the press of the button to the page that says so:
 * worker, tables and proofs included. One JSON object a group, a line each; `script/bench-booth` runs it.
 */

import { messagesIn } from "../booth/src/messages.js";
import { test } from "./reading.js";
import { Served } from "./served.js";

const REPETITIONS = 5;
const LIMIT_SECONDS = 1;
/** The most expensive question of ten answers: every sum is allowed, and blank. */
const QUESTION = {
  question: "?",
  answers: Array.from({ length: 10 }, (_, index) => `Answer ${index + 1}`),
  min: 0,
  max: 10,
  blank: true,
};

for (const group of ["Ed25519", "RFC-3526-2048", "BELENIOS-2048"] as const) {
  test(group, async ({ page, language }) => {
    test.skip(language !== "en", "once");
    const words = messagesIn("en");
    const served = await Served.begin({ group, questions: [QUESTION], voters: 1 });
    try {
      const seconds: number[] = [];
      for (let repetition = 0; repetition < REPETITIONS; repetition++) {
        await page.goto(`${served.booth}?${repetition}`);
        await page.getByLabel("Answer 3").check();
        await page.getByLabel(words.codeTitle).fill(served.codes[0] ?? "");
        seconds.push(
          await page.evaluate(async (title) => {
            const started = performance.now();
            document.querySelector<HTMLButtonElement>("button.primary")?.click();
            while (document.querySelector("h1")?.textContent !== title) {
              await new Promise(requestAnimationFrame);
            }
            return (performance.now() - started) / 1_000;
          }, words.encryptedTitle),
        );
      }
      seconds.sort((left, right) => left - right);
      const median = seconds[Math.floor(REPETITIONS / 2)] ?? Number.NaN;
      const figures = {
        bench: "booth",
        group,
        answers: QUESTION.answers.length,
        seconds: Number(median.toFixed(3)),
        least: Number((seconds[0] ?? Number.NaN).toFixed(3)),
        limit_seconds: LIMIT_SECONDS,
        ratio: Number((LIMIT_SECONDS / median).toFixed(2)),
      };
      console.log(JSON.stringify(figures));
    } finally {
      await served.end();
    }
  });
}
