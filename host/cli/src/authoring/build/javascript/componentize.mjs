// Makes a component of a module of JavaScript. Written by `timonel plugin build`.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [tool, sourcePath, witPath, worldName, out] = process.argv.slice(2);
const entry = `${tool}/node_modules/@bytecodealliance/componentize-js/src/componentize.js`;
const { componentize } = await import(pathToFileURL(entry));
try {
  const { component } = await componentize({
    sourcePath,
    witPath,
    worldName,
    // A rule has no clock, no randomness and no network: what it does not import it cannot miss.
    disableFeatures: ["random", "stdio", "clocks", "http", "fetch-event"],
  });
  await writeFile(out, component);
} catch (error) {
  console.error(error.message ?? error);
  process.exit(1);
}
