/** What a value of a template is within a text: numbers and booleans plainly, structures as JSON, nothing as nothing. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return JSON.stringify(value);
}

/** Puts what is said of each in the place of `${…}`; what is not closed stays, and costs no second look. */
export function replaceVariables(text: string, valueOf: (inner: string) => string): string {
  const end = text.lastIndexOf('}') + 1;
  const replaced = text
    .slice(0, end)
    .replaceAll(/\$\{([^}]*)\}/g, (_whole, inner: string) => valueOf(inner));
  return replaced + text.slice(end);
}
