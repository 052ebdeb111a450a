/** The machine's Python, for functions of tests that are written in it. */
import { existsSync } from 'node:fs';

export const PYTHON = '/usr/bin/python3';
/** Options of tests whose functions are written in Python. */
export const NEEDS_PYTHON = existsSync(PYTHON)
  ? {}
  : { skip: 'there is no /usr/bin/python3 here: apt-get install python3' };
