/** Headers that mappings and templates make. */

/**
 * Headers as they can be sent: without those whose names are none, and without the characters of values that would
 * end the header, or that no header can carry.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5
 */
export function cleanHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      .map(([name, value]) => [name, value.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '')]),
  );
}
