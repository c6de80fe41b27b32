import type { Argument, Command, Option } from "commander";

/** A word that may stand where the cursor is, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

export interface Candidates {
  readonly words: readonly Candidate[];
  /** The names of Workflows are meant, too: of the cluster that these options choose. */
  readonly workflowsOf?: Readonly<Record<string, string>>;
}

/** The name by which arguments are declared that are Workflows. */
const WORKFLOW = "workflow";

/** What may stand in the place of the last word, which may have begun. Nothing, where a file is meant. */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const place = new Place(program);
  for (const word of words.slice(0, -1)) place.pass(word);
  return place.candidates(words.at(-1) ?? "");
}

/** How far a line has come. */
class Place {
  #command: Command;
  #arguments = 0;
  #awaiting: Option | undefined;
  readonly #values: Record<string, string> = {};

  constructor(program: Command) {
    this.#command = program;
  }

  pass(word: string): void {
    if (word.startsWith("-")) return this.#passOption(word);
    if (this.#awaiting !== undefined) return this.#passValue(this.#awaiting, word);
    const below = this.#command.commands.find((command) => command.name() === word);
    if (below === undefined) this.#arguments += 1;
    else this.#command = below;
  }

  candidates(current: string): Candidates {
    const option = this.#awaiting;
    if (current.startsWith("-")) return { words: beginningWith(current, this.#command.options.flatMap(optionWords)) };
    if (option !== undefined && !option.variadic) return { words: beginningWith(current, choices(option)) };
    const argument = this.#argument();
    const words = [
      ...(option === undefined ? [] : choices(option)),
      ...this.#command.commands
        .filter(isShown)
        .map((command) => ({ word: command.name(), meaning: command.description() })),
      ...(argument === undefined ? [] : choices(argument)),
    ];
    const found = { words: beginningWith(current, words) };
    return argument?.name() === WORKFLOW ? { ...found, workflowsOf: this.#values } : found;
  }

  #passOption(word: string): void {
    const [name = "", value] = word.split("=");
    const option = this.#command.options.find(({ short, long }) => name === short || name === long);
    const takesValue = option !== undefined && (option.required || option.optional);
    if (takesValue && value !== undefined) this.#values[option.attributeName()] = value;
    this.#awaiting = takesValue && value === undefined ? option : undefined;
  }

  #passValue(option: Option, value: string): void {
    this.#values[option.attributeName()] = value;
    if (!option.variadic) this.#awaiting = undefined;
  }

  #argument(): Argument | undefined {
    const declared = this.#command.registeredArguments;
    return declared[this.#arguments] ?? declared.findLast(({ variadic }) => variadic);
  }
}

function choices({ argChoices = [] }: Option | Argument): readonly Candidate[] {
  return argChoices.map((word) => ({ word, meaning: "" }));
}

function optionWords({ short, long, description, hidden }: Option): readonly Candidate[] {
  if (hidden) return [];
  return [long, short].flatMap((word) => (word == null ? [] : [{ word, meaning: description }]));
}

// As help decides it.
function isShown(command: Command): boolean {
  return command.parent?.createHelp().visibleCommands(command.parent).includes(command) ?? true;
}

function beginningWith(current: string, words: readonly Candidate[]): readonly Candidate[] {
  return words.filter(({ word }) => word.startsWith(current));
}
