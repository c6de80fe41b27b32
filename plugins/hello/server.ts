import { serve } from "@outrigger/sdk";
import { hello } from "./hello.ts";

await serve(hello);
