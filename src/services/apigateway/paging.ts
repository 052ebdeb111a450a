import { LIST_RESULTS_DEFAULT, LIST_RESULTS_MAX } from './limits.ts';

export interface PageInput {
  readonly position?: string;
  readonly limit?: number;
}

/** One page of a list; the position names the number of items before it, and is absent where nothing follows. */
export function pageOf<Item>(
  items: readonly Item[],
  { position, limit = LIST_RESULTS_DEFAULT }: PageInput,
): { readonly items: readonly Item[]; readonly position?: string } {
  const start = position === undefined ? 0 : readPosition(position);
  const size = limit <= 0 ? LIST_RESULTS_DEFAULT : Math.min(limit, LIST_RESULTS_MAX);
  const end = start + size;
  const page = items.slice(start, end);
  return end < items.length ? { items: page, position: writePosition(end) } : { items: page };
}

function writePosition(start: number): string {
  return Buffer.from(String(start)).toString('base64url');
}

/** A position that this service did not give begins anew. */
function readPosition(position: string): number {
  const start = Number(Buffer.from(position, 'base64url').toString());
  return Number.isSafeInteger(start) && start > 0 ? start : 0;
}
