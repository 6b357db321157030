// Builds the booth into dist/: three pages, one script, one style sheet, nothing from elsewhere. The pages name the
// hashes of script and styles, so that a browser refuses others.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const folder = fileURLToPath(new URL(".", import.meta.url));
const dist = join(folder, "dist");
mkdirSync(dist, { recursive: true });

const built = async (entry, options) => {
  const { outputFiles } = await build({
    entryPoints: [join(folder, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    logLevel: "warning",
    ...options,
  });
  return outputFiles[0].contents;
};
const integrity = (content) => `sha256-${createHash("sha256").update(content).digest("base64")}`;
// Only what differs is written: cargo builds anew what is newer.
const write = (name, content) => {
  const path = join(dist, name);
  try {
    if (Buffer.compare(readFileSync(path), Buffer.from(content)) === 0) {
      return;
    }
  } catch {
    // It is not there yet.
  }
  writeFileSync(path, content);
};

const script = await built("main.ts", { format: "iife", target: ["es2022"], charset: "utf8", legalComments: "inline" });
const styles = await built("booth.css", {});
write("booth.js", script);
write("booth.css", styles);

const shell = (view, base) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Mandate</title>
<link rel="stylesheet" href="${base}booth.css" integrity="${integrity(styles)}">
<script defer src="${base}booth.js" integrity="${integrity(script)}"></script>
</head>
<body data-view="${view}">
<noscript>
<p lang="en">This page encrypts on your own device and needs JavaScript for it. You can vote from the command line instead: <code>mandate ballot encrypt</code>.</p>
<p lang="es">Esta página cifra en su propio aparato y para ello necesita JavaScript. También puede votar desde la línea de órdenes: <code>mandate ballot encrypt</code>.</p>
</noscript>
</body>
</html>
`;
write("index.html", shell("elections", ""));
write("booth.html", shell("booth", "../"));
write("box.html", shell("box", "../"));
console.error(`booth: ${script.length} bytes of script, ${integrity(script)}`);
