import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { works } from "../command.ts";
import { PICTURES, record } from "../pictures/record.ts";

const root = dirname(dirname(import.meta.dirname));
const hasScript = works(["script", "-qec", "true", "/dev/null"]);

describe.skipIf(!hasScript)("the documents' pictures (skipped without `script` of util-linux)", () => {
  it.each(Object.entries(PICTURES))("%s shows what the command shows", async (name, picture) => {
    expect(await record(picture)).toBe(readFileSync(join(root, `docs/pictures/${name}.svg`), "utf8"));
  });
});
