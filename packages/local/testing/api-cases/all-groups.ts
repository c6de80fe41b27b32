import type { CaseGroup } from "./api-case.ts";
import { applying } from "./cases/apply.ts";
import { bodies } from "./cases/bodies.ts";
import { configData } from "./cases/config-data.ts";
import { customKinds } from "./cases/custom-kinds.ts";
import { definitions } from "./cases/definitions.ts";
import { deletion } from "./cases/deletion.ts";
import { discovery } from "./cases/discovery.ts";
import { events } from "./cases/events.ts";
import { metadata } from "./cases/metadata.ts";
import { namespaces } from "./cases/namespaces.ts";
import { objects } from "./cases/objects.ts";
import { ownership } from "./cases/ownership.ts";
import { paging } from "./cases/paging.ts";
import { patches } from "./cases/patches.ts";
import { paths } from "./cases/paths.ts";
import { pods } from "./cases/pods.ts";
import { reviews } from "./cases/reviews.ts";
import { selectors } from "./cases/selectors.ts";
import { serviceAccounts } from "./cases/service-accounts.ts";
import { storedKinds } from "./cases/stored-kinds.ts";
import { strategicPatches } from "./cases/strategic-patches.ts";
import { tables } from "./cases/tables.ts";
import { watch } from "./cases/watch.ts";

export const ALL_GROUPS: readonly CaseGroup[] = [
  objects,
  metadata,
  selectors,
  paging,
  watch,
  patches,
  strategicPatches,
  applying,
  deletion,
  ownership,
  namespaces,
  pods,
  configData,
  serviceAccounts,
  events,
  bodies,
  tables,
  discovery,
  customKinds,
  definitions,
  reviews,
  paths,
  storedKinds,
];
