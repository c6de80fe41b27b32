import type { KubeClient } from "@outrigger/kube";

/** A write was not sent, because another controller leads by now. Trying again does not help: this process is to end. */
export class NotLeading extends Error {
  override readonly name = "NotLeading";

  constructor() {
    super("not written: another controller leads by now");
  }
}

/**
 * A client that writes only for the leader. A process that was held up (a paused machine, a long garbage collection) goes on in the
 * middle of a reconcile, with what it decided long ago: each of its writes is asked again whether it may still be sent.
 */
export function fencedClient(client: KubeClient, mayWrite: () => boolean): KubeClient {
  const fence = <Args extends readonly unknown[], Result>(
    write: (...args: Args) => Promise<Result>,
  ): ((...args: Args) => Promise<Result>) => {
    return (...args) => (mayWrite() ? write(...args) : Promise.reject(new NotLeading()));
  };
  return {
    get: (resource, ref) => client.get(resource, ref),
    list: (resource, options) => client.list(resource, options),
    watch: (resource, options) => client.watch(resource, options),
    logs: (ref, options) => client.logs(ref, options),
    close: () => client.close(),
    create: fence((...args) => client.create(...args)),
    createSubresource: fence((...args) => client.createSubresource(...args)),
    replace: fence((...args) => client.replace(...args)),
    patch: fence((...args) => client.patch(...args)),
    delete: fence((...args) => client.delete(...args)),
  };
}
