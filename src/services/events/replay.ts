import type { Cursor } from './store-archived.ts';

/** An archive's events, sent to its bus again. Times are ms since 1970. */
export interface Replay {
  readonly name: string;
  readonly archive: string;
  readonly archiveArn: string;
  readonly busArn: string;
  /** The only rules that it is for; all of the bus where nothing is said. */
  readonly ruleArns?: readonly string[];
  readonly description?: string;
  readonly eventStartMs: number;
  readonly eventEndMs: number;
  readonly state: 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly lastReplayedMs?: number;
  readonly cursor: Cursor;
  /** When it goes on: a start and a cancellation take their moment, as on AWS. */
  readonly dueAtMs?: number;
}

/** True while a replay still sends events. */
export function isActive({ state }: Replay): boolean {
  return state === 'STARTING' || state === 'RUNNING' || state === 'CANCELLING';
}
