/**
 * A schema that any library of the Standard Schema kind gives: zod, valibot, arktype and more (https://standardschema.dev). Written
 * down here as a type alone, so that plugins choose the library, and the SDK depends on none.
 *
 * `In` is what the schema takes, `Out` what it makes of that: they differ where it fills in defaults or transforms.
 */
export interface StandardSchema<In = unknown, Out = In> {
  /** All of it: named so that it comes last in an editor's list. */
  readonly "~standard": {
    readonly version: 1;
    /** Which library it is of. */
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaVerdict<Out> | Promise<SchemaVerdict<Out>>;
    /** For the compiler only: no value is there. */
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
    /** Libraries that know Standard JSON Schema have it. It may throw. */
    readonly jsonSchema?:
      | { readonly input: (options: { readonly target: string }) => Readonly<Record<string, unknown>> }
      | undefined;
  };
}

/** What a schema says of a value: what it makes of it, or all that it has against it. */
export type SchemaVerdict<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** In words. */
  readonly message: string;
  /** Where: keys from the outside in. Absent for the whole value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema takes. */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["input"];

/** What a schema makes of it. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["output"];
