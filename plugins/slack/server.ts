import { serve } from "@outrigger/sdk";
import { slackPlugin } from "./slack-plugin.ts";

await serve(slackPlugin());
