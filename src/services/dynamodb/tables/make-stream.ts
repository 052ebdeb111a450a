import type { Transaction } from '#ports/world/database.ts';
import { insertStream } from '../store/streams.ts';
import { takeNumber } from '../store/tables.ts';
import type { StreamViewType, Table, TableStream } from './table.ts';

/** Makes a table's new stream, labelled with the time as AWS labels it. */
export async function makeStream(
  tx: Transaction,
  table: Pick<Table, 'accountId' | 'region' | 'name' | 'keys'>,
  viewType: StreamViewType,
  nowMs: number,
): Promise<TableStream> {
  const number = await takeNumber(tx);
  const label = new Date(nowMs).toISOString().slice(0, -1);
  await insertStream(tx, {
    number,
    table: { accountId: table.accountId, region: table.region, name: table.name },
    label,
    viewType,
    keys: table.keys,
    createdAtMs: nowMs,
    lastSequence: 0,
  });
  return { number, label, viewType, isEnabled: true };
}
