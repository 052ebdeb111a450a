/** A member of its own: names out of templates may be those of JavaScript's own members, `constructor` among them. */
export function ownOf<Value>(
  values: { readonly [name: string]: Value },
  name: string,
): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
