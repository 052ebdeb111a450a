import type { Operations } from '#aws/models/lambda.types.gen.ts';
import { TooManyBytes, collectBytes } from '#kernel/bytes.ts';

import { payloadTooLarge } from '../../errors.ts';
import { ASYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../../limits.ts';
import type { Control } from '../control.ts';
import { acceptEvent, checkedPayload, invocableAddress } from './invoke.ts';

/**
 * The old form of Invoke with type Event.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_InvokeAsync.html
 */
export function invokeAsync(control: Control): Operations['InvokeAsync'] {
  return async (context, { FunctionName, InvokeArgs }) => {
    const address = await invocableAddress(control, context, { FunctionName });
    const bytes = await collect(InvokeArgs);
    const payload = checkedPayload(bytes, ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
    await acceptEvent(control, context, address, { payload });
    return { Status: 202 };
  };
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  try {
    return await collectBytes(source, ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
  } catch (error) {
    if (error instanceof TooManyBytes) throw payloadTooLarge(ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
    throw error;
  }
}
