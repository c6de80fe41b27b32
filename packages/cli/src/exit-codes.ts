/** What `outrigger` exits with. */
export const EXIT_CODES = {
  /** Done; with `run`: every Workflow Succeeded. */
  success: 0,
  /** With `run`: a Workflow Failed, ended in Error, or did not end in time; with `lint`: there are errors; with `test`: a must is not held. */
  failed: 1,
  /** The arguments or files are wrong; nothing was started. */
  badInput: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
