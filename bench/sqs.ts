import type { Bench } from './bench.ts';
import type { Send } from './client.ts';
import { measureClosedLoop, printRow } from './measure.ts';
import { expectSuccess } from './storage.ts';

const DURATION_MS = 3000;
const LANES = [1, 16];
/** More than are received or deleted one by one in that time. */
const MESSAGES = 30_000;
const BODY = 'x'.repeat(200);

/** SendMessage, ReceiveMessage and DeleteMessage of 200 bytes; each answers when the disk holds what it wrote. */
export async function benchSqs({ send, serverCpuMs }: Bench): Promise<void> {
  for (const lanes of LANES) {
    const { QueueUrl } = await callSqs<{ QueueUrl: string }>(send, 'CreateQueue', {
      QueueName: `bench-${lanes}`,
    });
    const options = { lanes, durationMs: DURATION_MS, warmUp: 20 };
    const handles: string[] = [];
    const row = async (name: string, work: () => Promise<void>): Promise<void> => {
      const cpuFrom = serverCpuMs();
      const measured = await measureClosedLoop({ ...options, work });
      const calls = measured.count + measured.failures + options.warmUp;
      const cpuUs = ((serverCpuMs() - cpuFrom) * 1000) / calls;
      printRow(`${name}, ${lanes} clients (${cpuUs.toFixed(0)} us CPU)`, measured);
    };
    await row('SendMessage', async () => {
      await callSqs(send, 'SendMessage', { QueueUrl, MessageBody: BODY });
    });
    await fillQueue(send, QueueUrl, MESSAGES);
    await row('ReceiveMessage, one', async () => {
      handles.push(...(await receive(send, QueueUrl, 1)));
    });
    while (handles.length < MESSAGES) handles.push(...(await receive(send, QueueUrl, 10)));
    await row('DeleteMessage', async () => {
      const ReceiptHandle = handles.pop();
      if (ReceiptHandle === undefined) throw new Error('nothing left to delete');
      await callSqs(send, 'DeleteMessage', { QueueUrl, ReceiptHandle });
    });
    await row('send, receive and delete', async () => {
      await callSqs(send, 'SendMessage', { QueueUrl, MessageBody: BODY });
      const [ReceiptHandle] = await receive(send, QueueUrl, 1);
      if (ReceiptHandle === undefined) throw new Error('nothing was received');
      await callSqs(send, 'DeleteMessage', { QueueUrl, ReceiptHandle });
    });
  }
}

async function receive(send: Send, QueueUrl: string, MaxNumberOfMessages: number) {
  const input = { QueueUrl, MaxNumberOfMessages, VisibilityTimeout: 3600 };
  const { Messages = [] } = await callSqs<{ Messages?: { ReceiptHandle: string }[] }>(
    send,
    'ReceiveMessage',
    input,
  );
  return Messages.map(({ ReceiptHandle }) => ReceiptHandle);
}

/** Sends so many messages in batches of ten; `idsOf` tells a FIFO queue's ids. */
export async function fillQueue(
  send: Send,
  QueueUrl: string,
  count: number,
  idsOf: (index: number) => object = () => ({}),
): Promise<void> {
  let next = 0;
  const fill = async (): Promise<void> => {
    while (next < count) {
      const first = next;
      next += 10;
      const Entries = Array.from({ length: Math.min(10, count - first) }, (_, offset) => {
        const index = first + offset;
        return { Id: String(index), MessageBody: String(index), ...idsOf(index) };
      });
      await callSqs(send, 'SendMessageBatch', { QueueUrl, Entries });
    }
  };
  // One lane keeps the order of a FIFO queue.
  const lanes = QueueUrl.endsWith('.fifo') ? 1 : 8;
  await Promise.all(Array.from({ length: lanes }, fill));
}

/** Calls an operation of Amazon SQS. @throws Error where it is refused */
export async function callSqs<Output = object>(
  send: Send,
  operation: string,
  input: object,
): Promise<Output> {
  const answered = await send({
    service: 'sqs',
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
    },
    body: Buffer.from(JSON.stringify(input)),
  });
  expectSuccess(answered);
  // The operation's answer, whose type the caller knows.
  return JSON.parse(answered.body.toString() || '{}') as Output;
}
