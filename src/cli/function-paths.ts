/** Where Lambda's API has a function. */
export const FUNCTIONS_PATH = '/2015-03-31/functions';
export const JSON_BODY = { 'content-type': 'application/json' };

/** A function's configuration, to be read or changed. */
export function configurationPath(name: string): string {
  return `${FUNCTIONS_PATH}/${encodeURIComponent(name)}/configuration`;
}

/** A function's code, to be changed. */
export function codePath(name: string): string {
  return `${FUNCTIONS_PATH}/${encodeURIComponent(name)}/code`;
}
