import type { CaseGroup } from "./api-case.ts";
import { metadata } from "./cases/metadata.ts";
import { objects } from "./cases/objects.ts";
import { paging } from "./cases/paging.ts";
import { patches } from "./cases/patches.ts";
import { selectors } from "./cases/selectors.ts";
import { watch } from "./cases/watch.ts";

export const ALL_GROUPS: readonly CaseGroup[] = [objects, metadata, selectors, paging, watch, patches];
