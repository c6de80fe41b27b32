import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createSocketServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { Certificate } from "../auth/certificate.ts";
import { unauthorized } from "../errors/refusals.ts";
import { statusAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { readBody } from "./read-body.ts";
import type { ApiRequest } from "./request.ts";
import { publicAnswer, route } from "./router.ts";
import type { Router } from "./router.ts";
import { sendAnswer } from "./send-answer.ts";

export const LOOPBACK = "127.0.0.1";
const TLS_HANDSHAKE = 0x16;

export interface ListeningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on loopback, for HTTP and HTTPS on one port: the first byte of a connection tells which it is. */
export async function listen(router: Router, certificate: Certificate, port: number): Promise<ListeningServer> {
  const stopping = new AbortController();
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void handle(router, { incoming, outgoing, stopping: stopping.signal });
  };
  const settings = { keepAliveTimeout: 60_000, requestTimeout: 0 };
  const plain = createHttpServer(settings, onRequest);
  const secure = createTlsServer({ ...settings, key: certificate.keyPem, cert: certificate.certPem }, onRequest);
  const sockets = new Set<Socket>();
  const front = createSocketServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    dispatchByFirstByte(socket, plain, secure);
  });
  await new Promise<void>((resolve, reject) => {
    front.once("error", reject);
    front.listen(port, LOOPBACK, resolve);
  });
  const stop = (): Promise<void> => {
    stopping.abort();
    return new Promise((resolve) => {
      front.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  };
  return { port: (front.address() as AddressInfo).port, stop };
}

function dispatchByFirstByte(socket: Socket, plain: Server, secure: Server): void {
  socket.once("data", (chunk: Buffer) => {
    socket.pause();
    socket.unshift(chunk);
    (chunk[0] === TLS_HANDSHAKE ? secure : plain).emit("connection", socket);
    process.nextTick(() => socket.resume());
  });
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly stopping: AbortSignal;
}

async function handle(router: Router, exchange: Exchange): Promise<void> {
  const warnings: string[] = [];
  const answer = await answerTo(router, exchange.incoming, warnings);
  await sendAnswer(exchange.outgoing, answer, { warnings, stopping: exchange.stopping });
}

async function answerTo(router: Router, incoming: IncomingMessage, warnings: string[]): Promise<Answer> {
  const url = new URL(incoming.url ?? "/", "http://local");
  const open = publicAnswer(url.pathname);
  if (open !== undefined) return open;
  const user = router.services.authenticator.authenticate(incoming.headers.authorization);
  if (user === undefined) return statusAnswer(unauthorized().status);
  const request: ApiRequest = {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    accept: incoming.headers.accept ?? "",
    contentType: (incoming.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "",
    userAgent: incoming.headers["user-agent"] ?? "",
    user,
    body: () => readBody(incoming),
    warnings,
  };
  return route(router, request);
}
