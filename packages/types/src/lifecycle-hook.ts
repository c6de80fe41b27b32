import { object, record, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { templateRefParser } from "./template-ref.ts";
import type { TemplateRef } from "./template-ref.ts";
import { inputsParser } from "./parameter.ts";
import type { Arguments } from "./parameter.ts";

/** The hook that runs after the end of what it hangs on; those of other names run once their expression has become true. */
export const EXIT_HOOK = "exit";

export interface LifecycleHook {
  readonly template?: string;
  readonly templateRef?: TemplateRef;
  readonly arguments?: Arguments;
  readonly expression?: string;
}

export const hooksParser: Parser<Readonly<Record<string, LifecycleHook>>> = record(
  object<LifecycleHook>({
    template: string,
    templateRef: templateRefParser,
    arguments: inputsParser,
    expression: string,
  }),
);
