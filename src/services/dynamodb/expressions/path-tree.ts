import type { Path } from './syntax.ts';

/** Paths that do not overlap, as a tree: what stands at a leaf, or the next elements. */
export interface PathTree<T> {
  readonly leaf?: T;
  readonly children: readonly (readonly [element: string | number, child: PathTree<T>])[];
}

/** The tree of paths, none of which is the beginning of another. */
export function pathTree<T>(leaves: readonly (readonly [path: Path, leaf: T])[]): PathTree<T> {
  const groups = new Map<string | number, (readonly [Path, T])[]>();
  for (const [path, leaf] of leaves) {
    const [element, ...rest] = path;
    if (element === undefined) return { leaf, children: [] };
    const group = groups.get(element) ?? [];
    groups.set(element, group);
    group.push([rest, leaf]);
  }
  return { children: [...groups].map(([element, group]) => [element, pathTree(group)]) };
}
