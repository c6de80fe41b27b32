/** How objects are written for programs. */
export const OBJECT_FORMATS = ["json", "yaml", "name"] as const;
export type ObjectFormat = (typeof OBJECT_FORMATS)[number];
