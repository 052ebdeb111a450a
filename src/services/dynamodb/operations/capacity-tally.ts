import type { ConsumedCapacity } from '#aws/models/dynamodb.types.gen.ts';
import { addUnits, consumedCapacity, NO_UNITS } from '../items/capacity.ts';
import type { Units } from '../items/capacity.ts';
import type { Table } from '../tables/table.ts';

/** Sums what a transaction consumes, by table. */
export class CapacityTally {
  readonly #wanted: string | undefined;
  readonly #transaction: 'read' | 'write';
  readonly #units = new Map<string, { readonly table: Table; readonly units: Units }>();

  constructor(wanted: string | undefined, transaction: 'read' | 'write') {
    this.#wanted = wanted;
    this.#transaction = transaction;
  }

  add(table: Table, units: Units): void {
    const before = this.#units.get(table.name)?.units ?? NO_UNITS;
    this.#units.set(table.name, { table, units: addUnits(before, units) });
  }

  output(): { readonly ConsumedCapacity?: readonly ConsumedCapacity[] } {
    const capacities = [...this.#units.values()]
      .map(({ table, units }) =>
        consumedCapacity(table, units, { wanted: this.#wanted, transaction: this.#transaction }),
      )
      .map((output) => output.ConsumedCapacity)
      .filter((capacity) => capacity !== undefined);
    return capacities.length === 0 ? {} : { ConsumedCapacity: capacities };
  }
}
