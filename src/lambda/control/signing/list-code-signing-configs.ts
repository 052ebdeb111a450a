import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { codeSigningConfigs } from '../../store.ts';
import { describeCodeSigning } from './code-signing.ts';
import type { Control } from '../control.ts';
import { pageOf } from '../page.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListCodeSigningConfigs.html */
export function listCodeSigningConfigs(control: Control): Operations['ListCodeSigningConfigs'] {
  return async (context, input) => {
    const scope = { accountId: context.accountId, region: context.region };
    const page = await control.database.read((queries) =>
      pageOf(
        input,
        (after, limit) => codeSigningConfigs.page(queries, scope, { after, limit }),
        (record) => [record.id],
      ),
    );
    const described = page.items.map((record) => describeCodeSigning(scope, record));
    return { CodeSigningConfigs: described, ...page.next };
  };
}
