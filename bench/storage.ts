import type { Bench } from './bench.ts';
import type { BenchResponse } from './client.ts';
import { measureClosedLoop, printRow } from './measure.ts';

const DURATION_MS = 3000;
const LANES = [1, 16];
const JSON_1_0 = 'application/x-amz-json-1.0';

/** PutObject and GetObject of 1 KiB and 1 MiB; a PutObject answers when the disk holds it. */
export async function benchS3({ send }: Bench): Promise<void> {
  expectSuccess(await send({ service: 's3', method: 'PUT', path: '/bench' }));
  for (const bytes of [1024, 1024 * 1024]) {
    const body = Buffer.alloc(bytes, 'h');
    const size = bytes === 1024 ? '1 KiB' : '1 MiB';
    for (const lanes of LANES) {
      const put = async (count: number): Promise<void> =>
        expectSuccess(await send({ service: 's3', method: 'PUT', path: `/bench/${count}`, body }));
      const get = async (): Promise<void> =>
        expectSuccess(await send({ service: 's3', method: 'GET', path: '/bench/1' }));
      const options = { lanes, durationMs: DURATION_MS, warmUp: 20 };
      printRow(
        `PutObject ${size}, ${lanes} clients`,
        await measureClosedLoop({ ...options, work: put }),
      );
      printRow(
        `GetObject ${size}, ${lanes} clients`,
        await measureClosedLoop({ ...options, work: get }),
      );
    }
  }
}

/** PutItem and GetItem of an item of about 200 bytes; a PutItem answers when the disk holds it. */
export async function benchDynamodb({ send }: Bench): Promise<void> {
  const call = async (operation: string, input: unknown): Promise<void> =>
    expectSuccess(
      await send({
        service: 'dynamodb',
        method: 'POST',
        path: '/',
        headers: { 'content-type': JSON_1_0, 'x-amz-target': `DynamoDB_20120810.${operation}` },
        body: Buffer.from(JSON.stringify(input)),
      }),
    );
  const TableName = 'bench';
  await call('CreateTable', {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const text = { S: 'x'.repeat(150) };
  for (const lanes of LANES) {
    const options = { lanes, durationMs: DURATION_MS, warmUp: 20 };
    const put = (count: number): Promise<void> =>
      call('PutItem', {
        TableName,
        Item: { id: { S: `item-${count % 5000}` }, count: { N: String(count) }, text },
      });
    const get = (): Promise<void> => call('GetItem', { TableName, Key: { id: { S: 'item-1' } } });
    printRow(`PutItem, ${lanes} clients`, await measureClosedLoop({ ...options, work: put }));
    printRow(`GetItem, ${lanes} clients`, await measureClosedLoop({ ...options, work: get }));
  }
}

/** @throws Error with the answer's text where it is no success */
export function expectSuccess({ status, body }: BenchResponse): void {
  if (status >= 300) throw new Error(`${status}: ${body.toString()}`);
}
