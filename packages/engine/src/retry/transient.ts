/** Failures that may well be over in a moment: of the network, or of a service that is overloaded or restarting. */
const TRANSIENT =
  /connection (?:refused|reset|closed)|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN|socket hang up|broken pipe|no route to host|network is unreachable|i\/o timeout|timed out|TLS handshake timeout|temporary failure|too many requests|service unavailable|bad gateway|gateway time-?out|\b(?:429|502|503|504)\b/i;

export function isTransient(message: string | undefined): boolean {
  return TRANSIENT.test(message ?? "");
}
