/*
 * The SDK's clients, one a service and Region.
 *
 * I1  The SDK is imported when a client is first asked for: a server without sources elsewhere does not pay for it.
 * I2  Where no endpoint is given it is AWS's, whatever AWS_ENDPOINT_URL says: that is often this very server.
 */
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { parseArn } from '#kernel/arn.ts';

export interface ClientOptions {
  readonly endpoint?: string;
  readonly profile?: string;
}

interface Clients {
  readonly sqs: SQSClient;
  readonly kinesis: KinesisClient;
  readonly 'streams.dynamodb': DynamoDBStreamsClient;
}

type Service = keyof Clients;

export class ClientTable {
  readonly #options: ClientOptions;
  readonly #clients = new Map<string, Promise<Clients[Service]>>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The client for what an ARN names. */
  of<Name extends Service>(service: Name, arn: string): Promise<Clients[Name]> {
    const { region = '', partition = 'aws' } = parseArn(arn) ?? {};
    const key = `${service} ${region}`;
    const known = this.#clients.get(key) ?? this.#make(service, region, partition);
    this.#clients.set(key, known);
    // The key begins with the service.
    return known as Promise<Clients[Name]>;
  }

  async #make(service: Service, region: string, partition: string): Promise<Clients[Service]> {
    const { endpoint, profile } = this.#options;
    const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    const configuration = {
      region,
      endpoint: endpoint ?? `https://${service}.${region}.${domain}`,
      ...(profile === undefined ? {} : { profile }),
    };
    if (service === 'sqs') {
      const { SQSClient: Client } = await import('@aws-sdk/client-sqs');
      return new Client({ ...configuration, useQueueUrlAsEndpoint: endpoint === undefined });
    }
    if (service === 'kinesis') {
      const { KinesisClient: Client } = await import('@aws-sdk/client-kinesis');
      return new Client(configuration);
    }
    const { DynamoDBStreamsClient: Client } = await import('@aws-sdk/client-dynamodb-streams');
    return new Client(configuration);
  }
}
