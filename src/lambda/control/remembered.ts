import { BoundedMap } from '#kernel/bounded-map.ts';

/**
 * What was loaded by key: at hand from then on, so that whoever asks waits for nothing.
 * I1 What is forgotten while it is being loaded is not remembered. I2 What was not found, or failed, is loaded anew.
 * I3 At most `valuesMax`; what was loaded first goes first.
 */
export class Remembered<Key extends string | number, Value extends object | string> {
  readonly #values: BoundedMap<Value | Promise<Value | undefined>, Key>;

  constructor(valuesMax: number) {
    this.#values = new BoundedMap(valuesMax);
  }

  /** The value, or while it is not here a promise of it. */
  get(key: Key, load: () => Promise<Value | undefined>): Value | Promise<Value | undefined> {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const loading = load();
    this.#values.set(key, loading);
    const settle = (found?: Value): void => {
      if (this.#values.get(key) !== loading) return;
      if (found === undefined) this.#values.delete(key);
      else this.#values.set(key, found);
    };
    loading.then(settle, () => settle());
    return loading;
  }

  forget(key: Key): void {
    this.#values.delete(key);
  }
}
