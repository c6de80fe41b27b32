import { fnv1a32 } from "@outrigger/types";
import { VERSION } from "../version.ts";
import { identifierOf, renamePath, renameText } from "./rename.ts";
import type { Renaming } from "./rename.ts";
import { SCAFFOLDS } from "./scaffolds.ts";
import type { Files, TemplateSource } from "./template-source.ts";
import { TEMPLATES } from "./templates.ts";
import type { TemplateName } from "./template-names.ts";

/** All files of a new plugin. */
export function projectFiles(name: string, template: TemplateName, source: TemplateSource): Files {
  const renaming = renamingOf(name, source);
  const own = Object.entries(source.files).map(
    ([path, text]) => [renamePath(path, renaming), renameText(path, text, renaming)] as const,
  );
  const { language } = TEMPLATES[template];
  return { ...Object.fromEntries(own), ...SCAFFOLDS[language]({ name, template, source, version: VERSION }) };
}

function renamingOf(to: string, { name: from, ports, files }: TemplateSource): Renaming {
  const codes = Object.entries(files).flatMap(([path, text]) => (path.endsWith(".ts") ? [text] : []));
  const others = codes.map((code) => code.replaceAll(new RegExp(`\\b${from}\\b`, "g"), ""));
  const newPorts = new Map(ports.map((port, index) => [port, String(portOf(to) + index)]));
  return { from, to, identifier: identifierOf(to, others), ports: newPorts };
}

const FIRST_PORT = 10_001;
// Below those that systems hand out by themselves.
const PORTS = 20_000;

// Plugins of one pod must not share a port: most likely they do not.
function portOf(name: string): number {
  return FIRST_PORT + (fnv1a32(name) % PORTS);
}
