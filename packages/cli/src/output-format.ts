/** What `-o` takes. */
export const OUTPUT_FORMATS = ["tree", "json", "yaml", "name"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
