/** Values by key, at most `entriesMax`; the one that was used longest ago goes first, a failed promise at once. */
export class BoundedCache<Value extends Promise<unknown>> {
  readonly #entriesMax: number;
  readonly #values = new Map<string, Value>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** The value of the key, made where it is missing. */
  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    const value = known ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (known === undefined) this.#admit(key, value);
    return value;
  }

  #admit(key: string, value: Value): void {
    value.catch(() => this.#values.delete(key));
    if (this.#values.size <= this.#entriesMax) return;
    const oldest = this.#values.keys().next();
    if (oldest.done !== true) this.#values.delete(oldest.value);
  }
}
