import { permissionsPage } from "./permissions-page.ts";
import { workflowFieldsPage } from "./workflow-fields-page.ts";

/** The pages of docs/reference that are made from code, by file name. */
export const PAGES: Readonly<Record<string, () => string>> = {
  "permissions.md": permissionsPage,
  "workflow-fields.md": workflowFieldsPage,
};
