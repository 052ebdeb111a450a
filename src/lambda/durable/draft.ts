/**
 * An execution while one transaction changes it.
 * I1 Each change of an operation takes the next number of the execution's changes: what the function has not been
 *    told yet is what has a higher one than it has seen.
 * I2 `save` comes last: the row's due time is that of all that stands then.
 */
import type { Event } from '#aws/models/lambda.types.gen.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Transaction } from '#ports/world/database.ts';

import { dataBytes } from './history.ts';
import type { Execution, ExecutionDetails, StoredOperation } from './model.ts';
import { isOver } from './model.ts';
import { findExecution, saveExecution } from './store.ts';
import { addEvent, findOperation, operationDueAt, saveOperation } from './store-operations.ts';

/** One moment: as a date, which is told, and as a steady time, by which things fall due. */
export interface Moment {
  readonly nowMs: number;
  readonly steadyMs: number;
}

/** An operation as it is to be written; its numbers are given. */
export type OperationChange = Omit<StoredOperation, 'order' | 'changed'> & {
  /** Absent for a new one. */
  readonly order?: number;
  /** The number of its last change, for what the function need not be told. */
  readonly changed?: number;
};

export class Draft {
  readonly tx: Transaction;
  readonly moment: Moment;
  #execution: Execution;

  constructor(tx: Transaction, moment: Moment, execution: Execution) {
    this.tx = tx;
    this.moment = moment;
    this.#execution = execution;
  }

  get execution(): Execution {
    return this.#execution;
  }

  /** Changes what the execution's row tells; `save` writes it. */
  change(execution: Execution): void {
    this.#execution = execution;
  }

  /** Changes some of its details. */
  note(details: Partial<ExecutionDetails>): void {
    this.#execution = {
      ...this.#execution,
      details: { ...this.#execution.details, ...details },
    };
  }

  /** One of its operations. */
  find(id: string): Promise<StoredOperation | undefined> {
    return findOperation(this.tx, this.#execution.id, id);
  }

  /** Writes an operation, new or not (I1). */
  async put(change: OperationChange): Promise<StoredOperation> {
    const { changes, operations } = this.#execution.details;
    const { changed = changes + 1, order = operations + 1 } = change;
    const stored = { ...change, order, changed };
    this.note({
      changes: Math.max(changes, changed),
      operations: Math.max(operations, order),
    });
    await saveOperation(this.tx, this.#execution.id, stored);
    return stored;
  }

  /** Adds an event to the history. */
  async tell(event: Event): Promise<void> {
    const { events, storedBytes = 0 } = this.#execution.details;
    const EventId = events + 1;
    this.note({ events: EventId, storedBytes: storedBytes + dataBytes(event) });
    const told = { EventTimestamp: this.moment.nowMs, ...event, EventId };
    await addEvent(this.tx, this.#execution.id, told);
  }

  /** Has the function invoked as soon as nothing runs for the execution. */
  wake(): void {
    const { invocationId, invokeAtMs = Infinity } = this.#execution;
    if (invocationId !== undefined || isOver(this.#execution.status)) return;
    const atMs = Math.min(invokeAtMs, this.moment.steadyMs);
    this.#execution = { ...this.#execution, invokeAtMs: atMs };
  }

  /** Writes the execution and when it is due (I2). */
  async save(): Promise<void> {
    await saveExecution(this.tx, this.#execution, await this.#dueAt());
  }

  async #dueAt(): Promise<number | undefined> {
    const { id, status, deadlineMs, invocationId, invokeAtMs = Infinity } = this.#execution;
    // One that ran until its end is looked at again once nothing runs for it.
    if (isOver(status)) return invocationId === undefined ? deadlineMs : undefined;
    const invokes = status === 'RUNNING' && invocationId === undefined ? invokeAtMs : Infinity;
    const operation = (await operationDueAt(this.tx, id)) ?? Infinity;
    return Math.min(deadlineMs, invokes, operation);
  }
}

/** The moment that it is. */
export function momentOf(clock: Clock): Moment {
  return { nowMs: clock.now(), steadyMs: clock.steadyMs() };
}

/** The draft of an execution that is there. */
export async function openDraft(
  tx: Transaction,
  moment: Moment,
  id: string,
): Promise<Draft | undefined> {
  const execution = await findExecution(tx, id);
  return execution === undefined ? undefined : new Draft(tx, moment, execution);
}
