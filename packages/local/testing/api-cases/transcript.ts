import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { stringify } from "yaml";
import type { CaseRequest } from "./api-case.ts";
import type { Normaliser } from "./normalise.ts";
import type { RawAnswer } from "./raw-client.ts";

const SHOWN_CHARACTERS = 600;

/** What a case asked and what it was answered, as text that is the same whenever the server behaves the same. */
export class Transcript {
  readonly #normaliser: Normaliser;
  readonly #lines: string[] = [];

  constructor(normaliser: Normaliser) {
    this.#normaliser = normaliser;
  }

  get text(): string {
    return `${this.#lines.join("\n").trimEnd()}\n`;
  }

  exchange(what: { readonly method: string; readonly path: string }, request: CaseRequest, answer: RawAnswer): void {
    this.#lines.push(this.#normaliser.text(`${what.method} ${what.path}${this.#sent(request)}`), String(answer.status));
    for (const warning of warningsOf(answer)) this.#lines.push(`warning: ${this.#normaliser.text(warning)}`);
    const { body } = answer;
    const shown = body === undefined ? undefined : (request.pick?.(body) ?? body);
    this.#lines.push(shown === undefined ? indent(this.#normaliser.text(answer.text.trim())) : this.#show(shown), "");
  }

  watch(path: string, status: number, events: JsonValue): void {
    this.#lines.push(`WATCH ${this.#normaliser.text(path)}`, String(status), this.#show(events), "");
  }

  note(text: string): void {
    this.#lines.push(`# ${this.#normaliser.text(text)}`, "");
  }

  #sent({ body, text, contentType }: CaseRequest): string {
    const sent = text ?? (body === undefined ? "" : JSON.stringify(this.#normaliser.value(body)));
    if (sent === "") return "";
    const type = contentType === undefined ? "" : ` (${contentType})`;
    const isLong = sent.length > SHOWN_CHARACTERS;
    return `${type} ${isLong ? `${sent.slice(0, 100)}... (${sent.length} characters)` : sent}`;
  }

  #show(value: JsonValue): string {
    const normalised = withoutCauseList(this.#normaliser.value(value));
    return indent(stringify(normalised, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd());
  }
}

function warningsOf({ headers: { warning } }: RawAnswer): string[] {
  return warning === undefined ? [] : warning.split(/, (?=299 )/);
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

/** A refusal with several causes: the message lists them in no order, so only what comes before the list counts. */
function withoutCauseList(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || !isRefusal(body)) return body;
  return { ...body, message: body.message.replace(/ is invalid: \[.*\]$/s, " is invalid: [...]") };
}

function isRefusal(body: JsonObject): body is JsonObject & { readonly message: string } {
  return body["kind"] === "Status" && typeof body["message"] === "string";
}
