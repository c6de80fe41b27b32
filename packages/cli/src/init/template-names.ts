/** What `outrigger init` can begin with; `templates.ts` says what they are made of. */
export const TEMPLATE_NAMES = ["typescript", "python", "slack", "http-poll"] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];
