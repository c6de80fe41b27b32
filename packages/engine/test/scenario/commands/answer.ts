import type { Command } from "../environment.ts";

/**
 * answer NODE PHASE ["MESSAGE"] [result=TEXT] [progress=N/M] [NAME=VALUE]…: what the plugin answers, as the agent writes it.
 */
export const answer: Command = (environment, [node = "", phase = "", ...words]) => {
  const { message, values } = parseWords(words);
  const { result, progress, ...parameters } = values;
  const outputs = {
    ...(result === undefined ? {} : { result }),
    ...(Object.keys(parameters).length === 0
      ? {}
      : { parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })) }),
  };
  environment.cluster.report(idOf(environment, node), {
    phase,
    ...(message === undefined ? {} : { message }),
    ...(progress === undefined ? {} : { progress }),
    ...(Object.keys(outputs).length === 0 ? {} : { outputs }),
  });
  return "";
};

// `id:…` names a node that may not exist.
function idOf(environment: Parameters<Command>[0], node: string): string {
  return node.startsWith("id:") ? node.slice(3) : environment.nodeId(node);
}

function parseWords(words: readonly string[]): { message: string | undefined; values: Record<string, string> } {
  const values: Record<string, string> = {};
  let message: string | undefined;
  for (const word of words) {
    const match = /^([\w-]+)=(.*)$/s.exec(word);
    if (match === null) message = word;
    else values[match[1] ?? ""] = match[2] ?? "";
  }
  return { message, values };
}
