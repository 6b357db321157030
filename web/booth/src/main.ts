/** One program for all pages, and for the worker beside them: so one hash covers it all. */

import { Board } from "./board.js";
import { Booth } from "./booth.js";
import { showElections } from "./elections.js";
import { serveEncryption } from "./encryption-worker.js";
import { Page } from "./page.js";

if (typeof document === "undefined") {
  serveEncryption(self as unknown as DedicatedWorkerGlobalScope);
} else {
  const script = document.currentScript as HTMLScriptElement;
  const page = new Page(script.integrity);
  const address = script.src;
  const begin: Record<string, () => Promise<void>> = {
    elections: () => showElections(page),
    booth: () => Booth.begin(page, address),
    box: () => Board.begin(page),
  };
  void begin[document.body.dataset["view"] ?? ""]?.();
}
