import { DEPLOYMENTS, LEASES, NAMESPACES, hasReason, leaseSpecParser, listAll } from "@outrigger/kube";
import {
  ENV_EXECUTOR_PLUGINS,
  ENV_INSTANCE_ID,
  LABEL_INSTANCE_ID,
  integer,
  list,
  object,
  string,
} from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { ANNOTATION_LOCAL_CONTROLLER } from "../../local-controller.ts";
import { VERSION } from "../../version.ts";
import { findings } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { look } from "./patient.ts";
import type { Patient } from "./patient.ts";

const { ok, warn, fail } = findings("controller");

/** Whether a controller works here, which, and how it is set up. */
export async function checkController(patient: Patient): Promise<readonly Finding[]> {
  const { client, installNamespace } = patient;
  const local = await localController(patient);
  if (local !== undefined) return [local];
  try {
    const { items } = await listAll(client, DEPLOYMENTS, { namespace: installNamespace });
    const controllers = items
      .flatMap(controllerOf)
      .filter(({ env }) => env.get(ENV_INSTANCE_ID) === patient.instanceId);
    if (controllers.length === 0) return [noController(patient, items.flatMap(controllerOf))];
    return [...controllers.flatMap(checkDeployment), ...(await checkLease(patient))];
  } catch (error) {
    if (!hasReason(error, "Forbidden")) throw error;
    return [
      warn(installNamespace, "you may not look at the Deployments there", "needs list on deployments"),
      ...(await checkLease(patient)),
    ];
  }
}

// The cluster of `outrigger dev` has its controller in the same process.
async function localController(patient: Patient): Promise<Finding | undefined> {
  const seen = await look(patient, NAMESPACES, { name: patient.installNamespace });
  const version = seen.kind === "there" ? seen.object.metadata.annotations?.[ANNOTATION_LOCAL_CONTROLLER] : undefined;
  return version === undefined ? undefined : ok("outrigger dev", `its controller runs, version ${version}`);
}

function noController({ installNamespace, instanceId }: Patient, others: readonly Controller[]): Finding {
  const ids = others.map(({ env }) => env.get(ENV_INSTANCE_ID)).filter((id) => id !== undefined);
  if (ids.length > 0) {
    return fail(
      installNamespace,
      `no controller there is ${instanceId === undefined ? "without an instance id" : `called ${instanceId}`}; there ${ids.length === 1 ? "is" : "are"} ${ids.join(", ")}`,
      `look with --instance-id, and submit with it: a controller runs Workflows with its own ${LABEL_INSTANCE_ID} only`,
    );
  }
  const next = "install the chart (docs/operate.md), or say where it is installed with --install-namespace";
  return fail(installNamespace, "there is no controller in this namespace: nobody runs Workflows", next);
}

interface Controller {
  readonly name: string;
  readonly image: string;
  readonly env: ReadonlyMap<string, string>;
  readonly ready: number;
}

interface DeploymentParts {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly ContainerParts[] } } };
  readonly status?: { readonly readyReplicas?: number };
}

interface ContainerParts {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

const containerParser = object<ContainerParts>(
  {
    name: string,
    image: string,
    env: list(object<{ name: string; value?: string }>({ name: string, value: string }, { required: ["name"] })),
  },
  { required: ["name", "image"] },
);
const podSpecParser = object<{ containers: readonly ContainerParts[] }>(
  { containers: list(containerParser) },
  { required: ["containers"] },
);
const templateParser = object<{ spec: { containers: readonly ContainerParts[] } }>(
  { spec: podSpecParser },
  { required: ["spec"] },
);
const deploymentParser = object<DeploymentParts>(
  {
    spec: object<DeploymentParts["spec"]>({ template: templateParser }, { required: ["template"] }),
    status: object<{ readyReplicas?: number }>({ readyReplicas: integer }),
  },
  { required: ["spec"] },
);

// Ours and Argo's: both are called so, as container or by their image.
const CONTROLLER = /workflow-controller|outrigger[^/]*\/controller/;

function controllerOf(object: KubeObject): readonly Controller[] {
  const parsed = deploymentParser(object, "");
  if (!parsed.ok) return [];
  const { spec, status = {} } = parsed.value;
  const container = spec.template.spec.containers.find(
    ({ name, image }) => CONTROLLER.test(name) || CONTROLLER.test(image),
  );
  if (container === undefined) return [];
  const env = new Map((container.env ?? []).map(({ name, value = "" }) => [name, value]));
  return [{ name: object.metadata.name ?? "", image: container.image, env, ready: status.readyReplicas ?? 0 }];
}

function checkDeployment({ name, image, env, ready }: Controller): readonly Finding[] {
  const where = `deployment/${name}`;
  const running =
    ready > 0
      ? ok(where, `${ready} ready: ${image}`)
      : fail(where, "no replica of it is ready", `kubectl describe deployment ${name}, and its pods' logs, tell why`);
  const version = /:v?(\d+\.\d+\.\d+[^@]*)/.exec(image)?.[1];
  const isOther = !image.includes("argoproj/") && version !== undefined && version !== VERSION;
  return [
    running,
    ...(isOther
      ? [
          warn(
            where,
            `it is version ${version}, and this program ${VERSION}`,
            "helm upgrade, or install the other version of this program",
          ),
        ]
      : []),
    ...(env.get(ENV_EXECUTOR_PLUGINS) === "true"
      ? []
      : [
          fail(
            where,
            "plugins are off",
            `set ${ENV_EXECUTOR_PLUGINS}=true in its environment (the chart: controller.executorPlugins)`,
          ),
        ]),
  ];
}

async function checkLease(patient: Patient): Promise<readonly Finding[]> {
  const { installNamespace: namespace, instanceId } = patient;
  const name = instanceId === undefined ? "outrigger-controller" : `outrigger-controller-${instanceId}`;
  const seen = await look(patient, LEASES, { namespace, name });
  if (seen.kind !== "there") return []; // one replica alone needs none, nor does Argo's controller
  const spec = leaseSpecParser(seen.object["spec"], "spec");
  if (!spec.ok) return [warn(`lease/${name}`, "it cannot be read")];
  const { holderIdentity = "", renewTime = "", leaseDurationSeconds = 0 } = spec.value;
  const untilMs = Date.parse(renewTime) + leaseDurationSeconds * 1_000;
  if (holderIdentity !== "" && untilMs > Date.now()) return [ok(`lease/${name}`, `${holderIdentity} is at work`)];
  const next = `kubectl -n ${namespace} logs deploy/workflow-controller tells what the controllers do`;
  return [
    fail(
      `lease/${name}`,
      holderIdentity === "" ? "nobody holds it" : `${holderIdentity} has not renewed it since ${renewTime}`,
      next,
    ),
  ];
}
