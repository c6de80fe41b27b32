import type { Permission } from "@outrigger/kube";

export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The rules of a Role: one for each resource, with all that is asked of it. */
export function rbacRules(permissions: readonly Permission[]): readonly RbacRule[] {
  const verbsOf = new Map<string, { group: string; name: string; verbs: Set<string> }>();
  for (const permission of permissions) {
    const { group } = permission.resource;
    const name = resourceName(permission);
    const rule = verbsOf.get(`${group}/${name}`) ?? { group, name, verbs: new Set() };
    for (const verb of permission.verbs) rule.verbs.add(verb);
    verbsOf.set(`${group}/${name}`, rule);
  }
  return Array.from(verbsOf.values(), ({ group, name, verbs }) => ({
    apiGroups: [group],
    resources: [name],
    verbs: [...verbs],
  }));
}

/** `workflows/finalizers` */
export function resourceName({ resource, subresource }: Permission): string {
  return subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
}

/** Secrets are for `http` templates: who has such grants it by name. */
export function withoutSecrets(permissions: readonly Permission[]): readonly Permission[] {
  return permissions.filter(({ resource }) => resource.plural !== "secrets");
}
