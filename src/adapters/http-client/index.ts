import type { HttpClient } from '#ports/world/http-client.ts';

/** Posts with the platform's own fetch, which keeps connections alive. The answer's body is not read. */
export function createHttpClient(): HttpClient {
  return {
    post: async ({ url, headers, body, timeoutMs }, signal) => {
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers,
          body: Uint8Array.from(body),
          redirect: 'manual',
          signal: AbortSignal.any([signal, late]),
        });
        await answer.body?.cancel();
        return { kind: 'answered', status: answer.status };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'failed', reason: late.aborted ? 'timeout' : String(error) };
      }
    },
  };
}
