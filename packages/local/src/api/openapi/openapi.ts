import type { KindRegistry } from "../../kinds/kind-registry.ts";
import type { Answer } from "../answer.ts";
import type { ApiRequest } from "../request.ts";

export function handleOpenApi(_kinds: KindRegistry, _request: ApiRequest): Answer | undefined {
  return undefined;
}
