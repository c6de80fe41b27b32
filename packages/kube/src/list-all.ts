import type { KubeObject } from "@outrigger/types";
import type { KubeClient, KubeList, ListOptions } from "./client.ts";
import { hasReason } from "./errors.ts";
import type { Resource } from "./resources.ts";

const DEFAULT_PAGE_SIZE = 500;

export type ListAllOptions = Omit<ListOptions, "continueToken">;

/** The whole collection, read page by page as of one moment. If the server forgets that moment meanwhile, it is read in one go. */
export async function listAll(client: KubeClient, resource: Resource, options: ListAllOptions = {}): Promise<KubeList> {
  const { limit = DEFAULT_PAGE_SIZE, ...rest } = options;
  const items: KubeObject[] = [];
  let page = await client.list(resource, { ...rest, limit });
  try {
    for (items.push(...page.items); page.continueToken !== undefined; items.push(...page.items)) {
      page = await client.list(resource, { ...rest, limit, continueToken: page.continueToken });
    }
  } catch (error) {
    if (!hasReason(error, "Expired")) throw error;
    return client.list(resource, rest);
  }
  return { items, resourceVersion: page.resourceVersion };
}
