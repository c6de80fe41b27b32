import type { TemplateName } from "./template-names.ts";

export type Language = "typescript" | "python";

/** Where a template comes from: plugins of this repository, so that there is no second copy to keep up to date. */
export interface Template {
  readonly language: Language;
  /** Folder of the plugin, from the root of the repository. */
  readonly folder: string;
  /** A manifest with the Secret that the plugin needs, if it needs one. */
  readonly secretFrom?: string;
}

/** A row more is a template more; its name goes into `template-names.ts`. */
export const TEMPLATES: Readonly<Record<TemplateName, Template>> = {
  typescript: { language: "typescript", folder: "plugins/hello" },
  python: { language: "python", folder: "examples/python" },
  "http-poll": { language: "typescript", folder: "plugins/http-poll" },
  slack: { language: "typescript", folder: "plugins/slack", secretFrom: "examples/slack.yaml" },
};
