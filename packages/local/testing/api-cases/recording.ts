import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "recorded");

/** What a real API server answered to the cases of a group, by the name of the case. */
export function readRecording(group: string): ReadonlyMap<string, string> {
  const path = fileOf(group);
  if (!existsSync(path)) return new Map();
  const sections = readFileSync(path, "utf8").split(/^## /m).slice(1);
  return new Map(sections.map((section) => splitSection(section)));
}

export function writeRecording(group: string, transcripts: ReadonlyMap<string, string>): void {
  const sections = [...transcripts].map(([name, transcript]) => `## ${name}\n\n${transcript}`);
  writeFileSync(fileOf(group), sections.join("\n"));
}

function splitSection(section: string): [string, string] {
  const end = section.indexOf("\n\n");
  return [section.slice(0, end), `${section.slice(end + 2).trimEnd()}\n`];
}

function fileOf(group: string): string {
  return join(FOLDER, `${group}.txt`);
}
