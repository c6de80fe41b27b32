import { serve } from "@outrigger/sdk";
import { httpPoll } from "./http-poll.ts";

await serve(httpPoll());
