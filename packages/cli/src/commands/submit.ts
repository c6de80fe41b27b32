import { withArguments } from "@outrigger/engine";
import { WORKFLOWS, hasReason } from "@outrigger/kube";
import { workflowTemplateParser } from "@outrigger/types";
import type { KubeObject, Workflow } from "@outrigger/types";
import { awaitWorkflows } from "../cluster/await-workflows.ts";
import type { Awaiting } from "../cluster/await-workflows.ts";
import { withCluster } from "../cluster/connect.ts";
import type { Cluster, ClusterFlags } from "../cluster/connect.ts";
import { refOf } from "../cluster/find-workflows.ts";
import { parseSource, toSubmit, workflowFrom } from "../cluster/submission.ts";
import type { SubmissionFlags, TemplateSource } from "../cluster/submission.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { formatObjects, resourceName } from "../print/objects.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import type { ProgramContext } from "../program-context.ts";
import { UserError } from "../user-error.ts";
import { checkParameterNames, parseAssignments, readWorkflowFiles } from "../workflow-files.ts";
import type { ParameterArguments } from "../workflow-files.ts";

export interface SubmitOptions extends Omit<SubmissionFlags, "labels"> {
  readonly cluster: ClusterFlags;
  readonly files: readonly string[];
  /** `workflowtemplate/NAME`. */
  readonly from: string | undefined;
  /** `name=value` each. */
  readonly parameters: readonly string[];
  /** `name=value`, several with commas between. */
  readonly labels: readonly string[];
  /** The API checks them, and nothing is created. */
  readonly dryRun: boolean;
  /** Undefined: not at all. */
  readonly awaiting: Awaiting | undefined;
  readonly output: "text" | ObjectFormat;
}

/** Submits Workflows to a cluster. */
export async function submit(options: SubmitOptions, context: ProgramContext): Promise<ExitCode> {
  const { files, from, dryRun, awaiting, output } = options;
  if (files.length > 0 === (from !== undefined)) throw new UserError("name files, or a template with --from");
  const parameters = parseAssignments("-p", options.parameters);
  const labels = parseAssignments(
    "-l",
    options.labels.flatMap((text) => text.split(",")),
  );
  const { terminal } = context;
  const inFiles = await readFiles(files, parameters, context);
  return withCluster(options.cluster, context, async (cluster) => {
    const drafts = from === undefined ? inFiles : [await instantiate(parseSource(from), parameters, cluster)];
    if (options.name !== undefined && drafts.length > 1)
      throw new UserError("--name is for one Workflow; --generate-name for several");
    const target = { namespace: cluster.namespace, isAskedFor: options.cluster.namespace !== undefined };
    const ready = drafts.map((draft) => toSubmit(draft, { ...options, labels }, target));
    const created: KubeObject[] = [];
    for (const workflow of ready) {
      const object = await cluster.client.create(WORKFLOWS, workflow.metadata.namespace, workflow, { dryRun });
      created.push(object);
      if (output === "text") terminal.out(`${resourceName(object)} ${dryRun ? "would be submitted" : "submitted"}\n`);
    }
    if (dryRun || awaiting === undefined) {
      if (output !== "text") terminal.out(formatObjects(created, output));
      return EXIT_CODES.success;
    }
    return awaitWorkflows(cluster, created.map(refOf), awaiting, context);
  });
}

async function readFiles(
  files: readonly string[],
  parameters: ParameterArguments,
  { terminal, stdin }: ProgramContext,
): Promise<readonly Workflow[]> {
  if (files.length === 0) return [];
  const { workflows, others } = await readWorkflowFiles(files, { parameters, isComplete: false, stdin });
  for (const object of others) {
    terminal.err(`not submitted: ${resourceName(object)} (kubectl apply takes what is no Workflow)\n`);
  }
  return workflows.map(({ workflow }) => workflow);
}

async function instantiate(
  source: TemplateSource,
  parameters: ParameterArguments,
  { client, namespace }: Cluster,
): Promise<Workflow> {
  const { resource, name } = source;
  const ref = resource.namespaced ? { namespace, name } : { name };
  const object = await client.get(resource, ref).catch((error: unknown) => {
    if (!hasReason(error, "NotFound")) throw error;
    const where = resource.namespaced ? ` in namespace ${namespace}` : "";
    throw new UserError(`--from: there is no ${resource.kind} ${name}${where}`, { cause: error });
  });
  const template = workflowTemplateParser(object, "");
  const declared = template.ok ? (template.value.spec.arguments?.parameters ?? []).map((each) => each.name) : [];
  checkParameterNames(parameters, declared);
  const workflow = workflowFrom(source);
  return { ...workflow, spec: withArguments(workflow.spec, parameters) };
}
