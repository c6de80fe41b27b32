// `npm run bundle`: dist/bundle/<name>/main.mjs, which images are made of.
import { bundleAll } from "./bundle-process.ts";

for (const file of await bundleAll()) console.log(file);
