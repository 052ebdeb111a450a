/** Changes of a stream that its row alone holds. */
import type { RequestContext } from '#aws/operation.ts';
import type { KinesisDependencies } from './dependencies.ts';
import { requireActiveStream } from './find-stream.ts';
import type { StreamReference } from './find-stream.ts';
import { CHANGE_MS } from './limits.ts';
import type { Stream, StreamSettings } from './model.ts';
import { updateStream } from './store-streams.ts';

/** The stream as it says UPDATING from now on, for a while; `nowMs` in ms since 1970. */
export function updating(stream: Stream, nowMs: number): Stream {
  return { ...stream, changing: 'UPDATING', settledAtMs: nowMs + CHANGE_MS };
}

/**
 * Puts other settings in place of an ACTIVE stream's; answers the stream as it was.
 * @throws AwsError ResourceNotFoundException, ResourceInUseException, and what `change` throws
 */
export function changeSettings(
  { database, clock }: KinesisDependencies,
  context: RequestContext,
  reference: StreamReference,
  change: (settings: StreamSettings, stream: Stream) => StreamSettings,
): Promise<Stream> {
  return database.transact(async (tx) => {
    const nowMs = Math.floor(clock.now());
    const stream = await requireActiveStream(tx, context, reference, nowMs);
    const settings = change(stream.settings, stream);
    await updateStream(tx, { ...updating(stream, nowMs), settings });
    return stream;
  });
}
