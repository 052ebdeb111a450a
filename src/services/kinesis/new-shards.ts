/** Opens and closes shards: at a stream's beginning, when one splits, when two merge. */
import { assert } from '#kernel/assert.ts';
import type { Transaction } from '#ports/world/database.ts';
import { evenRanges } from './hash-key.ts';
import type { Shard, Stream } from './model.ts';
import { allShards, closeShard, insertShard } from './store-shards.ts';
import { takeSequences } from './store-streams.ts';

type NewShard = Pick<Shard, 'startHash' | 'endHash' | 'parentIndex' | 'adjacentParentIndex'>;

/** Opens the shards of a new stream, of equal size. */
export async function openFirstShards(
  tx: Transaction,
  stream: Stream,
  count: number,
  nowMs: number,
): Promise<void> {
  const shards = evenRanges(count).map(({ start, end }) => ({ startHash: start, endHash: end }));
  await openShardsFrom(tx, stream, { firstIndex: 0, shards, nowMs });
}

/** Closes a shard and opens two, of which the second begins at `hashKey`. */
export async function splitAt(
  tx: Transaction,
  stream: Stream,
  shard: Shard,
  { hashKey, nowMs }: { readonly hashKey: bigint; readonly nowMs: number },
): Promise<void> {
  await close(tx, stream, [shard], nowMs);
  const parentIndex = shard.index;
  await openShardsFrom(tx, stream, {
    firstIndex: await nextIndex(tx, stream),
    shards: [
      { startHash: shard.startHash, endHash: hashKey - 1n, parentIndex },
      { startHash: hashKey, endHash: shard.endHash, parentIndex },
    ],
    nowMs,
  });
}

/** Closes two neighbours and opens one in their place. */
export async function mergePair(
  tx: Transaction,
  stream: Stream,
  { parent, adjacent }: { readonly parent: Shard; readonly adjacent: Shard },
  nowMs: number,
): Promise<void> {
  await close(tx, stream, [parent, adjacent], nowMs);
  const isFirst = parent.startHash < adjacent.startHash;
  const merged = {
    startHash: isFirst ? parent.startHash : adjacent.startHash,
    endHash: isFirst ? adjacent.endHash : parent.endHash,
    parentIndex: parent.index,
    adjacentParentIndex: adjacent.index,
  };
  const firstIndex = await nextIndex(tx, stream);
  await openShardsFrom(tx, stream, { firstIndex, shards: [merged], nowMs });
}

async function close(
  tx: Transaction,
  { streamId }: Stream,
  shards: readonly Shard[],
  atMs: number,
): Promise<void> {
  const first = await takeSequences(tx, streamId, shards.length);
  for (const [offset, { index }] of shards.entries()) {
    await closeShard(tx, streamId, index, { sequence: first + offset, atMs });
  }
}

async function openShardsFrom(
  tx: Transaction,
  { streamId }: Stream,
  plan: {
    readonly firstIndex: number;
    readonly shards: readonly NewShard[];
    readonly nowMs: number;
  },
): Promise<void> {
  const first = await takeSequences(tx, streamId, plan.shards.length);
  for (const [offset, shard] of plan.shards.entries()) {
    await insertShard(tx, streamId, {
      ...shard,
      index: plan.firstIndex + offset,
      openedSequence: first + offset,
      openedAtMs: plan.nowMs,
    });
  }
}

/** Open shards are never swept, and the newest shard is always open. */
async function nextIndex(tx: Transaction, { streamId }: Stream): Promise<number> {
  const last = (await allShards(tx, streamId)).at(-1);
  assert(last !== undefined, `stream ${streamId} has no shards`);
  return last.index + 1;
}
