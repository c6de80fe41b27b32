/** The user can mend this: bad arguments, files or manifests. Shown in one line, without a stack; the exit code is 2. */
export class UserError extends Error {
  override readonly name = "UserError";
}
