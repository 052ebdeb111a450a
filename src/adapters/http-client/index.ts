/** Asks with Node's own client, which sends the headers that it is given and no others, and keeps connections alive. */
import { Agent as PlainAgent, request as plainRequest, type ClientRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { HttpAnswer, HttpClient, HttpPost } from '#ports/world/http-client.ts';

const WITHOUT_BODY: readonly string[] = ['GET', 'HEAD'];
/** Connections that wait for their next request, by server. */
const IDLE_SOCKETS_MAX = 16;

interface Agents {
  readonly plain: PlainAgent;
  readonly secure: SecureAgent;
}

/** A client with connections of its own; they keep no process alive. */
export function createHttpClient(): HttpClient {
  const agents = {
    plain: new PlainAgent({ keepAlive: true, maxFreeSockets: IDLE_SOCKETS_MAX }),
    secure: new SecureAgent({ keepAlive: true, maxFreeSockets: IDLE_SOCKETS_MAX }),
  };
  return {
    post: async (request, signal) => {
      const late = AbortSignal.timeout(request.timeoutMs);
      const ended = AbortSignal.any([signal, late]);
      try {
        const answer = await ask(agents, request, ended);
        return await answerOf(answer, request.answerBytesMax ?? 0);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'failed', reason: late.aborted ? 'timeout' : String(error) };
      }
    },
  };
}

/** Asks once more where the server had closed the connection that was kept for this request. */
async function ask(agents: Agents, post: HttpPost, signal: AbortSignal): Promise<IncomingMessage> {
  const first = start(agents, post, signal);
  try {
    return await responseOf(first);
  } catch (error) {
    const isStale = first.reusedSocket && !signal.aborted;
    if (!isStale) throw error;
    return responseOf(start(agents, post, signal));
  }
}

function start(agents: Agents, post: HttpPost, signal: AbortSignal): ClientRequest {
  const { method = 'POST', headers, body } = post;
  const url = new URL(post.url);
  const options = { method, headers, signal };
  const request =
    url.protocol === 'https:'
      ? secureRequest(url, { ...options, agent: agents.secure })
      : plainRequest(url, { ...options, agent: agents.plain });
  if (WITHOUT_BODY.includes(method)) return request.end();
  return request.end(body);
}

function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Also what comes late has a listener: an error without one would end the process.
    request.on('error', reject);
  });
}

async function answerOf(answer: IncomingMessage, bytesMax: number): Promise<HttpAnswer> {
  const status = answer.statusCode ?? 0;
  const named = Object.entries(answer.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const,
  );
  const { 'set-cookie': cookies } = answer.headers;
  const told = {
    headers: Object.fromEntries(named),
    ...(cookies === undefined ? {} : { cookies }),
  };
  answer.on('error', () => undefined);
  if (bytesMax === 0) {
    // Read to its end, or to the request's, so that the connection can be used again.
    answer.resume();
    return { kind: 'answered', status, ...told };
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends what is not read.
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, bytesMax - bytes));
    bytes += chunk.byteLength;
    if (bytes >= bytesMax) break;
  }
  return { kind: 'answered', status, ...told, body: Buffer.concat(chunks) };
}
