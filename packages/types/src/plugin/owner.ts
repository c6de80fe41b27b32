const SUFFIX = /-(executor-plugin|plugin)$/;

/**
 * Reduces a plugin's name and a template's key to one form, so that `workflowLevelHello` finds
 * `workflow-level-hello-executor-plugin`: one trailing `-executor-plugin` or `-plugin` is dropped, then case, dashes,
 * underscores and dots.
 */
export function normalizePluginName(name: string): string {
  return name.replace(SUFFIX, "").toLowerCase().replace(/[-_.]/g, "");
}

/** The plugins, by index into `names`, that own a key by their name. Usually one or none. */
export function ownersByName(key: string, names: readonly string[]): readonly number[] {
  const wanted = normalizePluginName(key);
  return names.flatMap((name, index) => (normalizePluginName(name) === wanted ? [index] : []));
}
