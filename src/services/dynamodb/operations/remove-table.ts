import type { Clock } from '#ports/world/clock.ts';
import type { Transaction } from '#ports/world/database.ts';
import { addChore, deleteChore } from '../store/chores.ts';
import { disableStream } from '../store/streams.ts';
import { deleteTable as deleteDefinition } from '../store/tables.ts';
import type { Index, Table, TimeToLive } from '../tables/table.ts';

/** Frees a table's name; its rows are cleared away in the background, which is to be woken. */
export async function removeTable(
  { clock }: { readonly clock: Clock },
  tx: Transaction,
  table: Table,
): Promise<void> {
  await deleteDefinition(tx, table);
  await deleteChore(tx, table.number, 'copy');
  await addChore(tx, { number: table.number, kind: 'clear-items', table });
  for (const index of table.indexes) await clearIndex(tx, table, index);
  if (table.timeToLive) await clearIndex(tx, table, table.timeToLive);
  if (table.stream?.isEnabled) await disableStream(tx, table.stream.number, clock.now());
}

/** Lets the entries of an index that nobody reads any more be cleared away. */
export async function clearIndex(
  tx: Transaction,
  table: Table,
  { number }: Pick<Index, 'number'> | TimeToLive,
): Promise<void> {
  await deleteChore(tx, number, 'fill');
  await addChore(tx, { number, kind: 'clear-entries', table });
}
