import { ownersByName } from "./owner.ts";

/** What routing needs to know of a plugin. */
export interface Candidate {
  readonly name: string;
  /** The keys that it claims; undefined if it does not say. */
  readonly keys: readonly string[] | undefined;
}

/**
 * The plugins to ask for a key, by index and in order: those that claim it, else those whose name fits; with no owner, all of them.
 * `candidates` are in order of their names.
 */
export function pluginsToAsk(key: string, candidates: readonly Candidate[]): readonly number[] {
  const claiming = candidates.flatMap(({ keys }, index) => (keys?.includes(key) === true ? [index] : []));
  if (claiming.length > 0) return claiming;
  const owners = ownersByName(
    key,
    candidates.map(({ name }) => name),
  );
  return owners.length > 0 ? owners : candidates.map((_, index) => index);
}

/** Why nobody has run a template. */
export function nobodyMessage(key: string, declined: readonly string[], lacking: readonly string[]): string {
  const reasons = [
    ...(declined.length === 0 ? [] : [`${listed(declined)} declined the key "${key}"`]),
    ...(lacking.length === 0 ? [] : [`${listed(lacking)} cannot run templates (404)`]),
  ];
  const reason = reasons.length === 0 ? `the agent has no plugin to ask for the key "${key}"` : reasons.join("; ");
  return `no plugin executed the template: ${reason}`;
}

function listed(names: readonly string[]): string {
  const [last, ...others] = names.toReversed();
  return others.length === 0 ? (last ?? "") : `${others.toReversed().join(", ")} and ${last ?? ""}`;
}
