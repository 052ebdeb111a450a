import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { conflict } from '../../errors.ts';
import { LATEST, qualifiedArn } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { UrlRecord } from '../../model/records.ts';
import { refuseTenants } from '../../model/tenancy.ts';
import { aliases, functions, urls, versions } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import { describeNewUrl, functionDoesNotExist } from './function-urls.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html */
export function createFunctionUrlConfig(control: Control): Operations['CreateFunctionUrlConfig'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:CreateFunctionUrlConfig');
    const { accountId, region, functionName, qualifier = LATEST } = address;
    const nowMs = control.clock.now();
    const record: UrlRecord = omitUndefined({
      accountId,
      region,
      functionName,
      qualifier,
      urlId: newUrlId(control),
      authType: input.AuthType,
      invokeMode: input.InvokeMode,
      cors: input.Cors,
      createdAtMs: nowMs,
      lastModifiedMs: nowMs,
    });
    await control.database.transact(async (tx) => {
      const found = await functions.get(tx, address, functionName);
      if (found === undefined) throw functionDoesNotExist();
      if ((await urls.get(tx, address, functionName, qualifier)) !== undefined) {
        throw conflict(
          `Failed to create function url config for [functionArn = ${qualifiedArn(address)}]. ` +
            'Error message:  FunctionUrlConfig exists for this Lambda function',
        );
      }
      const isAlias = qualifier !== LATEST;
      if (isAlias && (await aliases.get(tx, address, functionName, qualifier)) === undefined) {
        throw functionDoesNotExist();
      }
      const latest = await versions.get(tx, address, functionName, 0);
      if (latest !== undefined) refuseTenants(latest.settings, 'A function URL');
      await urls.put(tx, address, record);
    });
    return describeNewUrl(control, record);
  };
}

/** 32 letters and digits, as AWS's hosts begin. */
function newUrlId(control: Control): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  return [...control.random.bytes(32)].map((byte) => letters[byte % letters.length]).join('');
}
