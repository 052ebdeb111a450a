/** Where functions put the responses of custom resources: a URL that only they were given. */
import { AwsError } from '#aws/errors.ts';
import type { HttpSurface } from '#aws/operation.ts';
import { collectBytes, EMPTY_BYTES, textOf, TooManyBytes } from '#kernel/bytes.ts';
import type { CloudformationDependencies } from './dependencies.ts';
import { RESPONSE_BYTES_MAX } from './limits.ts';
import { storeResponse } from './store-links.ts';

/** Of wakeups: one has come. */
export const RESPONSES_TOPIC = 'cloudformation/responses';

/** Takes a PUT to `/_hearth/cloudformation/TOKEN`, as S3 would of a presigned URL. */
export function createResponseSurface({
  database,
  wakeups,
}: CloudformationDependencies): HttpSurface['handle'] {
  return async ({ request }) => {
    const token = request.path.slice(request.path.lastIndexOf('/') + 1);
    if (request.method !== 'PUT') throw refusal(405, 'Use PUT.');
    const body = await read(request.body);
    const isAwaited = await database.transact((tx) => storeResponse(tx, token, body));
    if (!isAwaited) throw refusal(403, 'Nobody waits for this response.');
    wakeups.notify(RESPONSES_TOPIC);
    return { status: 200, headers: {}, body: EMPTY_BYTES };
  };
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    return textOf(await collectBytes(body, RESPONSE_BYTES_MAX));
  } catch (error) {
    if (!(error instanceof TooManyBytes)) throw error;
    throw refusal(413, `A response has ${RESPONSE_BYTES_MAX} bytes at the most.`);
  }
}

function refusal(status: number, message: string): AwsError {
  return new AwsError({ code: 'ResponseRefused', message, status });
}
