/** An object under construction. */
export type Mutable = Record<string, unknown>;

/** Sets an own property, also where the key would name the prototype. */
export function setOwn(target: Mutable, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}
