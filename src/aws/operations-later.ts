import { assert } from '#kernel/assert.ts';
import type { Operation, Service } from './operation.ts';

type Operations = Service['operations'];

/**
 * Operations of a service that not every server is asked for: the first request loads them all. The code of a large
 * service is a megabyte or two, which an idle server does not hold then.
 * @param names of all that `load` gives
 */
export function operationsLater(
  names: Iterable<string>,
  load: () => Promise<Operations>,
): Operations {
  let loading: Promise<Operations> | undefined;
  const later =
    (name: string): Operation<never, unknown> =>
    async (context, input) => {
      const operation = (await (loading ??= load()))[name];
      assert(operation, `the operation ${name} was promised`);
      return await operation(context, input);
    };
  return Object.fromEntries(Array.from(names, (name) => [name, later(name)]));
}
