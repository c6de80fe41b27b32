/** What is wrong with an expression. Never leaves this folder: `when.ts` turns it into a value. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}
