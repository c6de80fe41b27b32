import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatManifestIssue, locateIssues, readManifests, toYaml } from "../src/index.ts";
import type { Manifest } from "../src/index.ts";

function read(text: string): readonly Manifest[] {
  const result = readManifests(text, "f.yaml");
  if (!result.ok) throw new Error(result.issues.map(formatManifestIssue).join("\n"));
  return result.value;
}

function problems(text: string): readonly string[] {
  const result = readManifests(text, "f.yaml");
  return result.ok ? [] : result.issues.map(formatManifestIssue);
}

const valueOf = (plain: string): unknown => read(`a: ${plain}`)[0]?.value["a"];

// Each of these was compared with sigs.k8s.io/yaml 1.6.0, which kubectl 1.34 reads with.
describe("plain scalars, as kubectl reads them", () => {
  it.each([
    ["y Y yes Yes YES true True TRUE on On ON", true],
    ["n N no No NO false False FALSE off Off OFF", false],
    ["~ null Null NULL", null],
    ["010 0o10 0O10 0b1000 0B1000 0x8 0X8 8 +8 0_8 0_1_0 8_ +_8 8. 8.0 .8e1 8e0 8E+0 0x_8", 8],
    ["-0x1f -31 -037 -0b11111 -3.1e1", -31],
    ["08 09.5e0", undefined],
  ])("%s", (texts, want) => {
    const values = texts.split(" ").map(valueOf);
    expect(values).toEqual(want === undefined ? [8, 9.5] : values.map(() => want));
  });

  it.each([
    "nUll yEs tRue oN", // no other spelling
    "1:30 12:30:45 190:20:30", // no numbers to base 60
    "2026-01-01 2026-01-01T00:00:00Z", // no timestamps
    "0b2 0x 0o8 1_e -- . +. .e3 1.2.3 v1 1Gi 100m 1e400 e3 ._5 =",
    "0xdeadbeefdeadbeefdeadbeef -0xffffffffffffffffff", // do not fit into 64 bits
  ])("stay text: %s", (texts) => {
    const all = texts.split(" ");
    expect(all.map(valueOf)).toEqual(all);
  });

  it("keeps what is quoted, and obeys tags", () => {
    const text = 'a: "n"\nb: \'1\'\nc: !!str 1\nd: !!int "5"\ne: !!float 3\nf: ! 12\ng: |\n  y\nh: >-\n  1\ni:\n';
    const want = { a: "n", b: "1", c: "1", d: 5, e: 3, f: "12", g: "y\n", h: "1", i: null };
    expect(read(text)[0]?.value).toEqual(want);
  });

  it("turns keys into text", () => {
    expect(read("1: a\ny: b\n0x10: c\n1.5: d\n__proto__: e")[0]?.value).toEqual(
      JSON.parse('{"1":"a","true":"b","16":"c","1.5":"d","__proto__":"e"}'),
    );
  });

  it("merges and repeats by anchor", () => {
    const text = "base: &base {x: 1, y: [1]}\none:\n  <<: *base\n  x: 2\ntwo:\n  <<: [{z: 1}, *base]\nthree: *base\n";
    const base = { x: 1, true: [1] };
    const want = { base, one: { ...base, x: 2 }, two: { z: 1, ...base }, three: base };
    expect(read(text)[0]?.value).toEqual(want);
  });
});

describe("documents", () => {
  it("reads many, and leaves out empty ones", () => {
    const manifests = read("# nothing\n---\na: 1\n---\n---\n# c\nb: 2\n...\n");
    expect(manifests.map(({ value, line, column }) => ({ value, line, column }))).toEqual([
      { value: { a: 1 }, line: 3, column: 1 },
      { value: { b: 2 }, line: 7, column: 1 },
    ]);
    expect(read("")).toEqual([]);
  });

  it("takes Lists apart, with each item where it stands", () => {
    const [first, second] = read("kind: List\nitems:\n- metadata:\n    name: a\n- metadata: {name: b}\n");
    expect(first?.value).toEqual({ metadata: { name: "a" } });
    expect(second).toMatchObject({ value: { metadata: { name: "b" } }, line: 5, column: 3 });
    expect(second?.positionOf("metadata.name")).toEqual({ line: 5, column: 14 });
  });

  it("reads JSON, tabs and all", () => {
    const value = { a: 1e2, b: ["n", true, null, "/\u{1f600}", "\t"], c: { d: {} } };
    const text = JSON.stringify(value, null, "\t").replace("/\u{1f600}", "\\/\\ud83d\\ude00");
    const [manifest] = read(text);
    expect(manifest?.value).toEqual(value);
    expect(manifest?.positionOf("b[1]")).toEqual({ line: 5, column: 3 });
  });

  it("reads lines that end as on Windows, and a byte order mark", () => {
    expect(read("\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\n")[0]?.value).toEqual({ a: 1, b: "x\ny\n" });
  });
});

describe("what is wrong", () => {
  it.each([
    ["a: 1\nb: 2\na: 3\n", "f.yaml:3:1: a is given twice"],
    ["a:\n  y: 1\n  true: 2\n", "f.yaml:3:3: a.true is given twice"],
    ["1: a\n'1': b\n", 'f.yaml:2:1: ["1"] is given twice'],
    ["a:\n- b: 1\n  b: 2\n", "f.yaml:3:3: a[0].b is given twice"],
    ["a: 'x\n", "f.yaml:2:1: Missing closing 'quote"],
    ["a:\n\t- b\n", "f.yaml:2:1: Tabs are not allowed as indentation"],
    ["- a\n", "f.yaml:1:1: must be an object"],
    ["a: 1\n---\ntext\n", "f.yaml:3:1: must be an object"],
    ["kind: List\nitems:\n- a: 1\n- text\n", "f.yaml:4:3: must be an object"],
    ["a: *x\n", "f.yaml:1:4: a refers to an anchor that is not there"],
    ["a: &x [*x]\n", "f.yaml:1:8: a[0] contains itself"],
    ["a:\n  <<: 5\n", "f.yaml:2:3: a can merge (<<) objects only"],
    ["a: {[b]: 1}\n", "f.yaml:1:5: a has a key that is no text"],
    ["a: .inf\n", "f.yaml:1:4: a is .inf, which JSON cannot carry (quote it if it is meant as text)"],
    ["a: !!int x\n", "f.yaml:1:10: a does not fit its tag !!int, or Kubernetes does not know that tag"],
  ])("%j", (text, want) => {
    expect(problems(text)).toEqual([want]);
  });

  it("tells all keys that are given twice", () => {
    expect(problems("a: 1\na: 2\nb: 1\nb: 2\n---\nc: 1\nc: 2\n")).toHaveLength(3);
  });

  it("survives aliases upon aliases, and endless nesting", () => {
    const laughs = Array.from(
      { length: 12 },
      (_, at) =>
        `l${at}: &l${at} [${Array(9)
          .fill(at === 0 ? "x" : `*l${at - 1}`)
          .join()}]`,
    );
    expect(problems(laughs.join("\n"))[0]).toContain("uses aliases beyond measure");
    for (const nested of ["[".repeat(5_000), "- ".repeat(5_000), "{a: ".repeat(5_000)]) {
      expect(problems(`a:\n  ${nested}`)[0]).toMatch(/is nested too deeply$/);
    }
  });

  it("never throws, whatever the text", () => {
    const soup = fc.stringMatching(/^[-a:{}[\],&*!|>'"%@`#?<\n \t1.~]*$/);
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), (text) => {
        expect(readManifests(text, "f.yaml").ok).toBeTypeOf("boolean");
      }),
      { numRuns: 150 },
    );
  });
});

describe("positions", () => {
  const [manifest] = read(`kind: Workflow
spec:
  templates:
  - name: &n main
    inputs: {parameters: [{name: x}]}
  - name: *n
    "odd.key": 1
    n: 2
`);

  it.each([
    ["", 1, 1],
    ["kind", 1, 1],
    ["spec.templates", 3, 3],
    ["spec.templates[0]", 4, 5],
    ["spec.templates[0].name", 4, 5],
    ["spec.templates[0].inputs.parameters[0].name", 5, 28],
    ["spec.templates[1].name", 6, 5],
    ['spec.templates[1]["odd.key"]', 7, 5],
    ["spec.templates[1].false", 8, 5],
    ["spec.templates[1].absent.deeper", 6, 5],
    ["spec.templates[7].name", 3, 3],
    ["absent", 1, 1],
  ])("%s is at %i:%i", (path, line, column) => {
    expect(manifest?.positionOf(path)).toEqual({ line, column });
  });

  it("go to the issues that a parser finds", () => {
    const issues = locateIssues(manifest!, [{ path: "spec.templates[0].name", message: "must not be main" }]);
    expect(issues.map(formatManifestIssue)).toEqual(["f.yaml:4:5: spec.templates[0].name must not be main"]);
  });

  it("are found behind an alias", () => {
    const [aliased] = read("a: &a\n  b: 1\nc: *a\n");
    expect(aliased?.positionOf("c.b")).toEqual({ line: 2, column: 3 });
  });
});

describe("writing", () => {
  it("looks like kubectl's", () => {
    const value = {
      metadata: { name: "a", labels: { on: "yes" } },
      list: [{ a: 1, b: [] }, "x", []],
      empty: {},
      none: null,
      absent: undefined,
      texts: [
        "n",
        "010",
        "1e3",
        "1:30",
        "2026-01-01",
        "<<",
        "",
        "null",
        "0X1F",
        "a: b",
        "#",
        "- x",
        "plain text",
        "10.0.0.1",
      ],
      script: "import os\nprint('x: y')\n\n  indented\n",
      long: "word ".repeat(40).trim(),
      numbers: [1, 1.5, 1e21, -0.1],
    };
    expect(toYaml(value)).toBe(`metadata:
  name: a
  labels:
    "on": "yes"
list:
- a: 1
  b: []
- x
- []
empty: {}
none: null
texts:
- "n"
- "010"
- "1e3"
- "1:30"
- "2026-01-01"
- "<<"
- ""
- "null"
- "0X1F"
- "a: b"
- "#"
- "- x"
- plain text
- 10.0.0.1
script: |
  import os
  print('x: y')

    indented
long: ${"word ".repeat(40).trim()}
numbers:
- 1
- 1.5
- 1e+21
- -0.1
`);
  });

  it("sorts keys where asked to", () => {
    expect(toYaml({ b: { d: 1, c: 2 }, a: 3 }, { sortKeys: true })).toBe("a: 3\nb:\n  c: 2\n  d: 1\n");
  });

  it("repeats what is referred to twice, without anchors", () => {
    const shared = { x: [1] };
    expect(read(toYaml({ a: shared, b: shared }))[0]?.value).toEqual({ a: shared, b: shared });
    expect(toYaml({ a: shared, b: shared })).not.toContain("&");
  });

  it("is read back as it was, whatever it is", () => {
    const tricky = fc.constantFrom(
      "y",
      "010",
      "1_0",
      "0b1",
      "1:30",
      "~",
      ".5",
      "+1",
      "=",
      "<<",
      "\ta\nb",
      " a",
      "a ",
      "a\n",
      "\n",
      "-",
      "?",
      "'",
      '"',
    );
    const text = fc.oneof(tricky, fc.string(), fc.stringMatching(/^[-\w.:+~#\n \t'"|>{}[\],&*!%@`=<?\\]{0,12}$/));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(text, tie("value"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(text, value, { minKeys: 1, maxKeys: 4 }), (object) => {
        expect(JSON.stringify(read(toYaml(object))[0]?.value)).toBe(JSON.stringify(object));
      }),
      { numRuns: 300 },
    );
  });
});
