/** Values by key, at most `entriesMax` of them: where there is no room, the one that was set longest ago goes. */
export class BoundedMap<Value, Key extends string | number = string> {
  readonly #entriesMax: number;
  readonly #entries = new Map<Key, Value>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#entriesMax) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, value);
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Takes away all keys that begin so. */
  deleteAll(prefix: string): void {
    for (const key of this.#entries.keys()) {
      if (String(key).startsWith(prefix)) this.#entries.delete(key);
    }
  }
}
