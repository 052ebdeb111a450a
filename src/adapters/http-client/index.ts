import type { HttpAnswer, HttpClient } from '#ports/world/http-client.ts';

const WITHOUT_BODY: readonly string[] = ['GET', 'HEAD'];

/** Asks with the platform's own fetch, which keeps connections alive. */
export function createHttpClient(): HttpClient {
  return {
    post: async (request, signal) => {
      const { url, method = 'POST', headers, body, timeoutMs, answerBytesMax = 0 } = request;
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await fetch(url, {
          method,
          headers,
          ...(WITHOUT_BODY.includes(method) ? {} : { body: Uint8Array.from(body) }),
          redirect: 'manual',
          signal: AbortSignal.any([signal, late]),
        });
        return await answerOf(answer, answerBytesMax);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'failed', reason: late.aborted ? 'timeout' : String(error) };
      }
    },
  };
}

async function answerOf(answer: Response, bytesMax: number): Promise<HttpAnswer> {
  const { status } = answer;
  const headers = Object.fromEntries(answer.headers);
  if (bytesMax === 0 || answer.body === null) {
    await answer.body?.cancel();
    return { kind: 'answered', status, headers };
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels what is not read.
  for await (const chunk of answer.body) {
    chunks.push(chunk.subarray(0, bytesMax - bytes));
    bytes += chunk.byteLength;
    if (bytes >= bytesMax) break;
  }
  return { kind: 'answered', status, headers, body: Buffer.concat(chunks) };
}
