import { ArchiveRefused } from '#ports/world/directory-store.ts';

/** As the kernel counts before it says ELOOP. */
const HOPS_MAX = 40;

/**
 * Checks that no link of a tree leads out of its root, whichever other links are met on the way.
 * A link to nothing, or in a circle, leads nowhere and is let be.
 * @param links target by path, both with `/`, the paths relative to the root
 * @throws ArchiveRefused `path-escapes`
 */
export function checkLinks(links: ReadonlyMap<string, string>): void {
  for (const path of links.keys()) {
    if (escapes(path, links)) {
      throw new ArchiveRefused(
        'path-escapes',
        `the symbolic link ${path} leads out of the archive`,
      );
    }
  }
}

function escapes(path: string, links: ReadonlyMap<string, string>): boolean {
  const ahead = path.split('/').reverse();
  const reached: string[] = [];
  for (let hops = 0; ahead.length > 0;) {
    const part = ahead.pop();
    if (part === undefined || part === '' || part === '.') continue;
    if (part === '..') {
      if (reached.pop() === undefined) return true;
      continue;
    }
    reached.push(part);
    const target = links.get(reached.join('/'));
    if (target === undefined) continue;
    if (target.startsWith('/')) return true;
    hops += 1;
    if (hops > HOPS_MAX) return false;
    reached.pop();
    ahead.push(...target.split('/').reverse());
  }
  return false;
}
