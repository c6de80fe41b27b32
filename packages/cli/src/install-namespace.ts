/** Where plugins and controller are installed, unless somebody says otherwise. */
export const INSTALL_NAMESPACE = "argo";
