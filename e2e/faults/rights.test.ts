import { LeapingClock } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { at } from "../support/scripted-plugin.ts";
import { chain, faulty } from "./support/chain.ts";
import type { ApiCall, FaultPlan } from "./support/faulty-api.ts";
import { FaultyWorld } from "./support/faulty-world.ts";

/** What an agent asks for by this call: `list workflowtasksets`. */
function rightFor({ method, path, isWatch }: ApiCall): string | undefined {
  if (path.endsWith("/workflowtasksets")) return `${isWatch ? "watch" : "list"} workflowtasksets`;
  return method === "PATCH" && path.endsWith("/status") ? "patch workflowtasksets/status" : undefined;
}

/** An API server that lets agents do all but one thing, and says so. */
class Authorizer {
  missing: string;
  refusals = 0;

  constructor(missing: string) {
    this.missing = missing;
  }

  plan(client: string): FaultPlan {
    const request: FaultPlan["request"] = (call) => {
      if (call.path.endsWith("/localsubjectaccessreviews"))
        return { kind: "answer", answer: (body) => this.#review(body) };
      if (client === "controller" || rightFor(call) !== this.missing) return { kind: "pass" };
      this.refusals += 1;
      return { kind: "refuse", status: 403 };
    };
    return { request, watch: () => ({}) };
  }

  #review(body: string): object {
    const review: unknown = JSON.parse(body);
    const asked = (field: string): unknown => at(review, "spec", "resourceAttributes", field);
    const resource = [asked("resource"), asked("subresource")].filter((part) => typeof part === "string").join("/");
    const isAboutAgents = at(review, "spec", "user") === "system:serviceaccount:default:default";
    return {
      ...(review as object),
      status: { allowed: isAboutAgents && `${String(asked("verb"))} ${resource}` !== this.missing },
    };
  }
}

describe("an agent whose service account may not", () => {
  it.each(["list workflowtasksets", "patch workflowtasksets/status"])(
    "%s: the step names it; granted, it goes on, and no call is repeated",
    async (right) => {
      const authorizer = new Authorizer(right);
      const clock = new LeapingClock();
      const world = await FaultyWorld.start({
        plan: (client) => authorizer.plan(client),
        clock,
        callFault: () => "none",
      });
      try {
        await world.submit(chain("wf", [faulty()]));
        await world.until("the agent is refused", () => authorizer.refusals > 0 || undefined);
        clock.leap(10_000);
        await world.until("the step names it", async () => {
          const [workflow] = await world.workflows();
          const messages = Object.values(workflow?.status?.nodes ?? {}).map(({ message = "" }) => message);
          return messages.some((text) => text.includes(`its service account default may not ${right};`)) || undefined;
        });
        authorizer.missing = "";
        expect((await world.ended("wf")).status?.phase).toBe("Succeeded");
        expect(world.journal.calls().length).toBe(1);
      } finally {
        await world.stop();
      }
    },
  );
});
