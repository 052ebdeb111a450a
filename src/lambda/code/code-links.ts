import { createHmac, timingSafeEqual } from 'node:crypto';

import { MINUTE_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { secretOf } from '../store-code.ts';

/** AWS's links to a function's code hold for ten minutes. @see GetFunction, Code.Location */
const LINK_MS = 10 * MINUTE_MS;

const PATH = '/_hearth/code/';

/** Links under which an archive can be fetched for a while without a signature. */
export interface CodeLinks {
  /** The URL for an archive. */
  link(sha256: string): Promise<string>;
  /** True for the path of a link, valid or not. */
  matches(path: string): boolean;
  /** The digest that a link's path and query name, or `undefined` where they are forged or too old. */
  open(path: string, query: URLSearchParams): Promise<string | undefined>;
}

export interface CodeLinksDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** `http://127.0.0.1:4566`, without a slash at its end. */
  readonly endpoint: () => string;
}

/** Makes links that are signed with a secret of the data directory, so that a restart does not break them. */
export function createCodeLinks(dependencies: CodeLinksDependencies): CodeLinks {
  const { database, clock, random, endpoint } = dependencies;
  let secret: Promise<string> | undefined;

  const sign = async (name: string, expires: string): Promise<string> => {
    const fresh = Buffer.from(random.bytes(32)).toString('hex');
    secret ??= database.transact((tx) => secretOf(tx, 'code-links', fresh));
    return createHmac('sha256', await secret)
      .update(`${name}\n${expires}`)
      .digest('hex');
  };

  return {
    async link(sha256) {
      const name = Buffer.from(sha256, 'base64').toString('hex');
      const expires = String(clock.now() + LINK_MS);
      const signature = await sign(name, expires);
      return `${endpoint()}${PATH}${name}?Expires=${expires}&Signature=${signature}`;
    },
    matches: (path) => path.startsWith(PATH),
    async open(path, query) {
      const name = path.slice(PATH.length);
      const expires = query.get('Expires') ?? '';
      const given = Buffer.from(query.get('Signature') ?? '');
      const wanted = Buffer.from(await sign(name, expires));
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      if (!(Number(expires) >= clock.now())) return undefined;
      return Buffer.from(name, 'hex').toString('base64');
    },
  };
}
