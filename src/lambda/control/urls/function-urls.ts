/** What the operations on function URLs share. */
import type { FunctionUrlConfig } from '#aws/models/lambda.types.gen.ts';

import { notFound } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { LATEST, qualifiedArn } from '../../model/address.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { UrlRecord } from '../../model/records.ts';
import type { Control } from '../control.ts';

/** The URL in full, as Get and List show it. */
export function describeUrl(control: Control, record: UrlRecord): FunctionUrlConfig {
  const { InvokeMode = 'BUFFERED', ...rest } = describeNewUrl(control, record);
  return { ...rest, InvokeMode, LastModifiedTime: urlDate(record.lastModifiedMs) };
}

/** The URL as it is answered by who makes or changes it: the mode stands only where it was given. */
export function describeNewUrl(control: Control, record: UrlRecord) {
  const { urlId, region, qualifier } = record;
  const { protocol, host } = control.settings.urlOrigin();
  return omitUndefined({
    FunctionUrl: `${protocol}//${urlId}.lambda-url.${region}.${host}/`,
    FunctionArn: qualifiedArn(urlAddress(record, qualifier)),
    AuthType: record.authType,
    CreationTime: urlDate(record.createdAtMs),
    InvokeMode: record.invokeMode,
    Cors: record.cors,
  });
}

/** The function that a URL invokes; its ARN has no qualifier where there is no alias. */
export function urlAddress(record: UrlRecord, qualifier: string): FunctionAddress {
  const { accountId, region, functionName } = record;
  const named = qualifier === LATEST ? {} : { qualifier };
  return { accountId, region, functionName, ...named };
}

function urlDate(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** 404, as the operations that make and change URLs say it. */
export function functionDoesNotExist(): Error {
  return notFound('Function does not exist');
}
