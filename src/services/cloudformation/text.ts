/** What a value of a template is within a text: numbers and booleans plainly, structures as JSON, nothing as nothing. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return JSON.stringify(value);
}
