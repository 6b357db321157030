// Bundles the unit tests and runs them in Node.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const folder = fileURLToPath(new URL(".", import.meta.url));
const out = mkdtempSync(join(folder, ".built-"));
try {
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  await build({
    entryPoints: tests.map((name) => join(folder, name)),
    bundle: true,
    platform: "node",
    format: "esm",
    outdir: out,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
  const files = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
  const reporter = ["--test-reporter", "spec"];
  const { status } = spawnSync(process.execPath, ["--test", ...reporter, ...files], { stdio: "inherit", cwd: folder });
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
