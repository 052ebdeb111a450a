/**
 * Folders that are made once and kept: each is there whole or not at all, with a stamp that says what it was
 * made of.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = 'stamp';

/** Whether a folder is there, and made of what `stamp` says. */
export function isStamped(folder: string, stamp: string): boolean {
  const path = join(folder, STAMP);
  return existsSync(path) && readFileSync(path, 'utf8') === stamp;
}

/** Says that a folder is whole, and what it is made of. */
export function stampFolder(folder: string, stamp: string): void {
  writeFileSync(join(folder, STAMP), stamp);
}

/** An empty folder beside the one that it is to become. */
export function beginFolder(target: string): string {
  const place = `${target}.building`;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  return place;
}

/** Puts what was begun, and is whole now, in the place of `target`. */
export function finishFolder(target: string, stamp: string): void {
  const place = `${target}.building`;
  stampFolder(place, stamp);
  rmSync(target, { recursive: true, force: true });
  renameSync(place, target);
}
