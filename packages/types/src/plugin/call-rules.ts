import { goDuration } from "../duration.ts";
import { ANNOTATION_AT_MOST_ONCE, ANNOTATION_CALL_TIMEOUT } from "../labels.ts";
import { boolean, integer, map, object, oneOf, record, refine } from "../parse/parsers.ts";
import type { Parser } from "../parse/parsers.ts";

/** How an agent may call a plugin. What is not given is as for all plugins. */
export interface CallRules {
  readonly atMostOnce?: boolean;
  readonly callTimeoutMs?: number;
}

interface RuleAnnotations {
  readonly [ANNOTATION_AT_MOST_ONCE]?: boolean;
  readonly [ANNOTATION_CALL_TIMEOUT]?: number;
}

const annotationsParser: Parser<RuleAnnotations> = object<RuleAnnotations>({
  [ANNOTATION_AT_MOST_ONCE]: map(oneOf("true", "false"), (text) => text === "true"),
  [ANNOTATION_CALL_TIMEOUT]: refine(goDuration, (durationMs) => (durationMs > 0 ? undefined : "must be longer than 0")),
});

/** Reads them off a plugin's annotations. */
export const callRulesParser: Parser<CallRules> = map(annotationsParser, (annotations) => {
  const { [ANNOTATION_AT_MOST_ONCE]: atMostOnce, [ANNOTATION_CALL_TIMEOUT]: callTimeoutMs } = annotations;
  return {
    ...(atMostOnce === true ? { atMostOnce } : {}),
    ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
  };
});

/** The rules of several plugins by the names of their containers, as an agent is told them. */
export const callRulesByNameParser: Parser<Readonly<Record<string, CallRules>>> = record(
  object<CallRules>({
    atMostOnce: boolean,
    callTimeoutMs: refine(integer, (durationMs) => (durationMs > 0 ? undefined : `must be above 0, not ${durationMs}`)),
  }),
);
