import type { Permission, Resource } from "@outrigger/kube";

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

const GROUP = "rbac.authorization.k8s.io";
const RBAC = { group: GROUP, version: "v1", namespaced: true } as const;
const ROLES: Resource = { ...RBAC, plural: "roles", kind: "Role" };
const ROLE_BINDINGS: Resource = { ...RBAC, plural: "rolebindings", kind: "RoleBinding" };

export interface ToCreate {
  readonly resource: Resource;
  readonly body: object;
}

export interface Granted extends ToCreate {
  readonly name: string;
}

/** The Role and its binding with which an account may do this in its namespace. */
export function grant(namespace: string, account: string, permissions: readonly Permission[]): readonly Granted[] {
  const apiVersion = `${GROUP}/v1`;
  const metadata = { name: `outrigger-${account}` };
  const rules = rbacRules(permissions);
  const roleRef = { apiGroup: GROUP, kind: "Role", name: metadata.name };
  const subjects = [{ kind: "ServiceAccount", name: account, namespace }];
  return [
    { ...metadata, resource: ROLES, body: { apiVersion, kind: "Role", metadata, rules } },
    { ...metadata, resource: ROLE_BINDINGS, body: { apiVersion, kind: "RoleBinding", metadata, roleRef, subjects } },
  ];
}
