type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its members that are undefined: absent members are absent, on the wire and in the store. */
export function omitUndefined<T extends object>(object: T): Defined<T> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  // The entries are the object's own, less those that the type makes optional.
  return Object.fromEntries(entries) as Defined<T>;
}
