import { isFulfilled } from "@outrigger/types";
import type { Workflow } from "@outrigger/types";
import { Dice } from "./dice.ts";
import { FaultyWorld } from "./faulty-world.ts";
import type { Journal } from "./journal.ts";
import { randomCallFault, randomPlan } from "./random-faults.ts";
import { randomWorkflow } from "./random-workflow.ts";

export interface RandomRun {
  readonly seed: number;
  readonly workflows: number;
  /** How many run side by side. */
  readonly width: number;
  /** When what has not ended counts as lost. */
  readonly limitMs: number;
}

export interface RandomOutcome {
  readonly workflows: readonly Workflow[];
  readonly journal: Journal;
}

const TICK_MS = 50;
const CRASH_CONTROLLER = 0.02;
const CRASH_AGENT = 0.3;
const BREAK_CONNECTIONS = 0.02;

/** Runs random Workflows while everything around them fails at random. */
export async function randomRun({ seed, workflows, width, limitMs }: RandomRun): Promise<RandomOutcome> {
  const dice = new Dice(seed);
  const world = await FaultyWorld.start({
    plan: (client) => randomPlan(dice, client),
    callFault: (nodeId) => randomCallFault(dice, nodeId),
    controllerEnv: { OUTRIGGER_PLUGIN_RETRY_DELAY: "20ms", OUTRIGGER_PLUGIN_POLL_INTERVAL: "50ms" },
  });
  try {
    const endMs = performance.now() + limitMs;
    let submitted = 0;
    for (;;) {
      const all = await world.workflows();
      const open = all.filter(({ status }) => !isFulfilled(status?.phase));
      if (submitted === workflows && open.length === 0) return { workflows: all, journal: world.journal };
      if (performance.now() > endMs) throw new Error(`seed ${seed}: lost after ${limitMs} ms:\n${describe(open)}`);
      for (let room = width - open.length; room > 0 && submitted < workflows; room -= 1) {
        submitted += 1;
        await world.submit(randomWorkflow(`wf-${submitted}`, dice));
      }
      await disturb(world, dice);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  } finally {
    await world.stop();
  }
}

async function disturb(world: FaultyWorld, dice: Dice): Promise<void> {
  if (dice.chance(BREAK_CONNECTIONS, "connections")) await world.breakConnections();
  if (dice.chance(CRASH_CONTROLLER, "controller")) {
    await world.crashController();
    await world.startController();
  }
  const { agents } = world;
  const victim = agents[dice.below(Math.max(agents.length, 1), "agent")];
  if (victim !== undefined && dice.chance(CRASH_AGENT, "crash")) await world.crashAgent(victim);
}

function describe(workflows: readonly Workflow[]): string {
  return workflows
    .map(({ metadata, status = {} }) => {
      const open = Object.values(status.nodes ?? {}).filter(({ phase }) => !isFulfilled(phase));
      const nodes = open.map(({ name, type, phase, message = "" }) => `${name} (${type}) ${phase} ${message}`);
      return `${metadata.name ?? ""} ${status.phase ?? "unseen"} ${status.message ?? ""}: ${nodes.join("; ")}`;
    })
    .join("\n");
}
