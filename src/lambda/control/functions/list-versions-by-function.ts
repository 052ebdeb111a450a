import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { settled, versionName } from '../../model/lifecycle.ts';
import { versions } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';
import { listVersion } from './describe-function.ts';
import { pageOf } from '../page.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html */
export function listVersionsByFunction(control: Control): Operations['ListVersionsByFunction'] {
  return async (context, input) => {
    const address = unqualified(addressOf(context, input, 'lambda:ListVersionsByFunction'));
    const within = [address.functionName];
    const page = await control.database.read(async (queries) => {
      await loadFunction(queries, address);
      return pageOf(
        input,
        (after, limit) => versions.page(queries, address, { within, after, limit }),
        (item) => [item.number],
      );
    });
    const steadyMs = control.clock.steadyMs();
    const described = page.items.map((item) =>
      listVersion({ ...address, qualifier: versionName(item.number) }, settled(item, steadyMs)),
    );
    return { Versions: described, ...page.next };
  };
}
