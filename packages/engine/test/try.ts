import { readdirSync, readFileSync } from "node:fs";
import { play } from "./parity/play.ts";
import { normalise } from "./parity/normalise.ts";
const dir = new URL("./parity/", import.meta.url).pathname;
const only = process.argv.slice(2);
let same = 0;
const bad: string[] = [];
for (const file of readdirSync(dir + "cases")) {
  const name = file.replace(".yaml", "");
  if (only.length && !only.includes(name)) continue;
  try {
    const got = normalise(play(`${dir}cases/${file}`).workflow);
    const want = JSON.parse(readFileSync(`${dir}argo-4.1.2/${name}.json`, "utf8"));
    const flat = (o: any, p = ""): Record<string, string> =>
      typeof o === "object" && o !== null && !Array.isArray(o)
        ? Object.assign({}, ...Object.entries(o).map(([k, v]) => flat(v, p + "/" + k)))
        : { [p]: JSON.stringify(o) };
    const a = flat(got),
      b = flat(want);
    const diffs = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((k) => a[k] !== b[k]);
    if (diffs.length === 0) same++;
    else {
      bad.push(name);
      console.log("==", name);
      for (const d of diffs.slice(0, 12)) console.log("  ", d, "ours", a[d], "theirs", b[d]);
    }
  } catch (e) {
    bad.push(name);
    console.log("==", name, "THREW", String((e as Error).stack).slice(0, 600));
  }
}
console.log(same, "same;", bad.length, "differ:", bad.join(" "));
