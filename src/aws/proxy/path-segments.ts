/** Paths that gateways make of what clients say. */

/**
 * Whether a text would lead elsewhere as a part of a path: whoever reads URLs takes a segment `..` for the one above,
 * also where its dots are encoded, and a backslash for a slash.
 * @see https://url.spec.whatwg.org/#double-dot-path-segment
 */
export function leavesPath(text: string): boolean {
  return text
    .replaceAll(/[\t\n\r]/g, '')
    .split(/[/\\]|%2f|%5c/i)
    .some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}
