/** Of this release: of all packages, the images and the chart. `nx release` writes it. */
export const VERSION = "0.1.0";
