/** On the namespace of the installation, in the cluster of `outrigger dev`: the version of the controller that runs in the same process. */
export const ANNOTATION_LOCAL_CONTROLLER = "outrigger.dev/local-controller";
