/** Writes `docs/reference/parity.md` for the services that it is given; whoever composes a server calls it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MODELS } from '../src/aws/models/index.ts';
import type { Service } from '../src/aws/operation.ts';
import { renderParity } from '../src/aws/parity.ts';

export interface ParityOptions {
  /** Writes nothing. */
  readonly check?: boolean;
  /** The repository; by default this one. */
  readonly root?: string;
}

/** Brings the page up to date; answers whether it was so before. */
export function generateParity(services: readonly Service[], options: ParityOptions = {}): boolean {
  const root = options.root ?? resolve(import.meta.dirname, '..');
  const path = join(root, 'docs/reference/parity.md');
  const text = renderParity(MODELS, services);
  const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (!isCurrent && !options.check) writeFileSync(path, text);
  return isCurrent;
}
