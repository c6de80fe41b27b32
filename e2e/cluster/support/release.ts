import { run } from "../../../tools/command.ts";
import { CHART, findHelm } from "../../../tools/helm.ts";

/** A release of the chart beside that of all scenarios, without CustomResourceDefinitions; uninstalled at the end. */
export class Release implements Disposable {
  readonly #name: string;
  readonly #namespace: string;
  #installed = true;

  private constructor(name: string, namespace: string) {
    this.#name = name;
    this.#namespace = namespace;
  }

  static install(name: string, namespace: string, values: readonly string[]): Release {
    const release = new Release(name, namespace);
    release.#helm("install", CHART, "--set", ["crds.install=false", ...values].join(","), "--wait");
    return release;
  }

  upgrade(values: readonly string[]): void {
    this.#helm("upgrade", CHART, "--reset-then-reuse-values", "--set", values.join(","), "--wait");
  }

  uninstall(): void {
    this.#installed = false;
    this.#helm("uninstall", "--wait");
  }

  [Symbol.dispose](): void {
    if (this.#installed) this.uninstall();
  }

  #helm(command: string, ...args: readonly string[]): void {
    run([findHelm(process.env) ?? "helm", command, this.#name, ...args, "--namespace", this.#namespace]);
  }
}
