/** What `outrigger` exits with. */
export const EXIT_CODES = {
  /** Done; of Workflows that were waited for: all Succeeded. */
  success: 0,
  /** A Workflow Failed, ended in Error or did not end in time; something that was asked for could not be done; there are errors in what was checked. */
  failed: 1,
  /** The arguments or files are wrong, or what they name is not there; nothing was started. */
  badInput: 2,
  /** The cluster cannot be reached, or does not let you do this. */
  unavailable: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
