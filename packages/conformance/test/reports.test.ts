import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  AGENT_CASES,
  PLUGIN_CASES,
  conforms,
  countsOf,
  jsonReport,
  junitReport,
  textReport,
} from "@outrigger/conformance";
import type { CaseFacts, CaseResult } from "@outrigger/conformance";

const step = { sent: 'POST /api/v1/template.execute, the token: {"a":"<b>"}', came: "404 Not Found" };
const fact = { group: "must", rule: "the-reply", durationMs: 5 } as const;
const RESULTS: readonly CaseResult[] = [
  { ...fact, id: "own-key", title: "answers", verdict: { kind: "passed" }, steps: [step] },
  {
    ...fact,
    id: "foreign-key",
    title: "declines",
    verdict: { kind: "failed", reason: "it says 404 & more" },
    steps: [step],
  },
  { ...fact, id: "poll", title: "goes on", verdict: { kind: "skipped", reason: "it was done" }, steps: [] },
  { ...fact, group: "extension", id: "health", title: "is well", verdict: { kind: "passed" }, steps: [] },
];

describe("the report", () => {
  it("as text shows what failed in full, and counts the rest", () => {
    expect(textReport(RESULTS, { verbose: false })).toBe(
      `✖ must foreign-key: declines
    it says 404 & more
    sent  ${step.sent}
    came  404 Not Found
    rule  docs/protocol.md#the-reply
must       1 passed, 1 failed, 1 skipped
should     0 passed
extension  1 passed
The contract is broken.
`,
    );
  });

  it("as text lists everything where that is asked for", () => {
    const text = textReport(RESULTS, { verbose: true, paint: (kind, mark) => `<${kind}>${mark}` });
    expect(text).toContain("<passed>✔ must own-key: answers\n<failed>✖ must foreign-key: declines\n");
    expect(text).toContain("○ must poll: goes on\n    skipped: it was done\n");
  });

  it("as JSON says for each case what was sent and what came", () => {
    const report: unknown = JSON.parse(jsonReport("plugins/it", RESULTS));
    expect(report).toMatchObject({
      subject: "plugins/it",
      conforms: false,
      counts: { must: { passed: 1, failed: 1, skipped: 1 }, should: { passed: 0 } },
    });
    expect((report as { cases: readonly unknown[] }).cases[1]).toEqual({
      id: "foreign-key",
      group: "must",
      title: "declines",
      rule: "docs/protocol.md#the-reply",
      verdict: "failed",
      reason: "it says 404 & more",
      steps: [step],
      durationMs: 5,
    });
  });

  it("as JUnit has a suite for each group, and text that XML takes", () => {
    const report = junitReport('a "plugin"', RESULTS);
    expect(report).toContain(
      '<testsuite name="a &quot;plugin&quot; must" tests="3" failures="1" skipped="1" time="0.015">',
    );
    expect(report).toContain('<testcase classname="must" name="own-key: answers" time="0.005"/>');
    expect(report).toContain(
      '<failure message="it says 404 &amp; more">sent  POST /api/v1/template.execute, the token: {&quot;a&quot;:&quot;&lt;b&gt;&quot;}\n',
    );
    expect(report).toContain('<skipped message="it was done"/>');
  });

  it("is one of a broken contract only where a must has failed", () => {
    expect(conforms(RESULTS)).toBe(false);
    expect(conforms(RESULTS.map((each) => ({ ...each, group: "should" })))).toBe(true);
    expect(countsOf([])).toMatchObject({ must: { passed: 0, failed: 0, skipped: 0 } });
  });
});

describe("a case", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/protocol.md"), "utf8");
  const titles = [...page.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title);
  const sections = titles.map((title) => title.toLowerCase().replaceAll(" ", "-"));

  it.each([...PLUGIN_CASES, ...AGENT_CASES])("stands on a section of the protocol: $id", ({ rule }) => {
    expect(sections).toContain(rule);
  });

  it.each([[PLUGIN_CASES], [AGENT_CASES]])("has an id of its own", (cases: readonly CaseFacts[]) => {
    const ids = cases.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
