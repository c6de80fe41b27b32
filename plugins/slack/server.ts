import { serve } from "@outrigger/sdk";
import { slackPlugin } from "./slack-plugin.ts";

await serve(slackPlugin({ apiUrl: process.env["SLACK_API_URL"] }));
