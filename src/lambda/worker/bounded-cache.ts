import { BoundedMap } from '#kernel/bounded-map.ts';

/** Values by key, at most `entriesMax`; the one that was used longest ago goes first, a failed promise at once. */
export class BoundedCache<Value extends Promise<unknown>> {
  readonly #values: BoundedMap<Value>;

  constructor(entriesMax: number) {
    this.#values = new BoundedMap(entriesMax);
  }

  /** The value of the key, made where it is missing. */
  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    const value = known ?? make();
    this.#values.set(key, value);
    if (known === undefined) value.catch(() => this.#values.delete(key));
    return value;
  }
}
