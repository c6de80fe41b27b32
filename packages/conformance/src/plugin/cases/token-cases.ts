import { PASSED, failed, skipped } from "../../case.ts";
import type { CaseFacts, ConformanceCase, Verdict } from "../../case.ts";
import { cameText } from "../exchange-text.ts";
import type { PluginProbe, Shown } from "../probe.ts";

/** Who does not show the plugin's token gets nothing done. */
export const TOKEN_CASES: readonly ConformanceCase<PluginProbe>[] = [
  refuses({ id: "token-missing", title: "refuses a call without a token with 403" }, ["no token"]),
  refuses({ id: "token-wrong", title: "refuses a call with another token with 403" }, ["another token"]),
  refuses({ id: "token-similar", title: "refuses a token that is too short or too long by a character" }, [
    "the beginning of the token",
    "the token and more",
  ]),
];

function refuses(facts: Pick<CaseFacts, "id" | "title">, tokens: readonly Shown[]): ConformanceCase<PluginProbe> {
  const run = async (probe: PluginProbe): Promise<Verdict> => {
    if (probe.subject.token === undefined) return skipped("the token is not known: say --token-file");
    for (const shown of tokens) {
      const exchange = await probe.execute({ shown });
      if (exchange.kind === "answered" && exchange.status === 403) continue;
      return failed(`with ${shown} it must answer 403, not ${cameText(exchange)}`);
    }
    return PASSED;
  };
  return { ...facts, group: "must", rule: "the-token", after: ["own-key"], run };
}
