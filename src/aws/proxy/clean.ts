/** What clients and functions say, as far as it may be passed on. Pure. */

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/** Characters that would end a header, or that no header can carry. */
const NO_HEADER_TEXT = /[^\t\u0020-\u007e\u0080-\u00ff]/g;

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
export function isHeaderText(text: string): boolean {
  return text.search(NO_HEADER_TEXT) < 0;
}

/** Headers as they can be sent: without those whose names are none, and without what no header can carry. */
export function cleanHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => isHeaderName(name))
      .map(([name, value]) => [name, value.replaceAll(NO_HEADER_TEXT, '')]),
  );
}

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
