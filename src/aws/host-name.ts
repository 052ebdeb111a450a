/** Names in hosts: `ID.lambda-url.eu-west-1.localhost`. */

/**
 * Reads what an expression's group finds in a host, in lower case; `undefined` where it finds nothing. Every request
 * is asked by each of those whom hosts name, and nearly all requests name the same host: the last is remembered.
 */
export function hostReader(expression: RegExp): (host: string | undefined) => string | undefined {
  let lastHost = '';
  let lastName: string | undefined;
  return (host = '') => {
    if (host !== lastHost) {
      lastHost = host;
      lastName = expression.exec(host)?.[1]?.toLowerCase();
    }
    return lastName;
  };
}
