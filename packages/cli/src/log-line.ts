import { createLogger } from "@outrigger/telemetry";
import type { LogLevel, Logger } from "@outrigger/telemetry";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import type { Palette } from "./render/node-tree.ts";
import type { Terminal } from "./terminal.ts";

const HEAD_FIELDS = new Set(["level", "time", "component", "msg"]);

/** A logger whose lines people read, on standard error. */
export function createTerminalLogger({ err, palette }: Pick<Terminal, "err" | "palette">, level: LogLevel): Logger {
  return createLogger({ component: "local", level, write: (line) => err(readableLogLine(line, palette)) });
}

/** A structured log line as people read it: `10:02:11 info  controller Executor plugin added name=hello namespace=argo`. Fields that say nothing new are left out. */
export function readableLogLine(line: string, palette: Palette, without: readonly string[] = []): string {
  const fields = parse(line);
  const { level, time, component, msg } = fields ?? {};
  if (fields === undefined || typeof msg !== "string") return line;
  const colour = level === "error" ? palette.red : level === "warn" ? palette.yellow : palette.dim;
  const rest = Object.entries(fields)
    .filter(([name]) => !HEAD_FIELDS.has(name) && !without.includes(name))
    .map(([name, value]) => palette.dim(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`));
  const clock = typeof time === "string" ? time.slice(11, 19) : "";
  const speaker = without.includes("component") ? "" : text(component);
  const words = [palette.dim(clock), colour(text(level).padEnd(5)), speaker, msg, ...rest];
  return `${words.filter((word) => word !== "").join(" ")}\n`;
}

function parse(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
