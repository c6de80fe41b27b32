/**
 * As metadata of a patch: the list of every field and who wrote it, which the API server keeps in the object itself, is emptied. Once
 * empty it stays so, until someone applies server-side.
 *
 * That list is half as large again as what is in a task set or a Workflow, is read and written with each step, and counts towards what
 * etcd takes. Nobody asks for it.
 */
export const UNTRACKED = { managedFields: [{}] } as const;
