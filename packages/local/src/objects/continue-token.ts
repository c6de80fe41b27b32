import { badRequest } from "../errors/refusals.ts";
import { numberAt, textAt } from "../json/at.ts";

/** Where a list goes on: after which key, at which version (-1: the newest). */
export interface ContinueToken {
  readonly version: number;
  readonly after: string;
}

export function encodeContinue(token: ContinueToken): string {
  const text = JSON.stringify({ v: "meta.k8s.io/v1", rv: token.version, start: token.after });
  return Buffer.from(text).toString("base64url");
}

export function decodeContinue(text: string): ContinueToken {
  const parsed = parse(Buffer.from(text, "base64url").toString());
  const version = numberAt(parsed, "rv");
  const after = textAt(parsed, "start");
  if (version === undefined || after === "") throw badRequest("invalid continue token: continue key is not valid");
  return { version, after };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `invalid continue token: continue key is not valid: ${error instanceof Error ? error.message : ""}`,
    );
  }
}
