/** The links in notifications: the certificate, and what confirms or ends a subscription without a signature. */
import type { HttpSurface } from '#aws/operation.ts';
import { utf8 } from '#kernel/bytes.ts';
import { confirm, endSubscription } from './confirm.ts';
import type { PublishDependencies } from './publish.ts';

const CERTIFICATE = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;
const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** Answers the links that stand in notifications: certificate, confirmation, end of a subscription. */
export function createSnsSurface(dependencies: PublishDependencies): HttpSurface {
  const { database, clock, signing } = dependencies;
  return {
    match: ({ method, path, query }) =>
      method === 'GET' &&
      (CERTIFICATE.test(path) || (path === '/' && isLink(query) && !query.has('X-Amz-Signature'))),
    handle: async ({ request, requestId }) => {
      const { path, query } = request;
      if (path !== '/') {
        const signer = await database.transact((tx) => signing.open(tx, clock.now()));
        const isKnown = path === `/${signer.certificateName}`;
        return isKnown
          ? answer(200, 'application/x-pem-file', signer.certificate)
          : answer(404, 'text/plain', 'Not found');
      }
      return answer(200, 'text/xml', await follow(dependencies, query, requestId));
    },
  };
}

function isLink(query: URLSearchParams): boolean {
  const action = query.get('Action');
  return action === 'ConfirmSubscription' || action === 'Unsubscribe';
}

async function follow(
  dependencies: PublishDependencies,
  query: URLSearchParams,
  requestId: string,
): Promise<string> {
  const { database } = dependencies;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const of = (name: string): string => query.get(name) ?? '';
  if (of('Action') === 'Unsubscribe') {
    const ended = of('SubscriptionArn');
    await database.transact((tx) => endSubscription(dependencies, tx, ended));
    return `<UnsubscribeResponse xmlns="${NAMESPACE}">${metadata}</UnsubscribeResponse>`;
  }
  const arn = await database.transact((tx) => confirm(tx, of('TopicArn'), of('Token')));
  const result = `<ConfirmSubscriptionResult><SubscriptionArn>${arn}</SubscriptionArn></ConfirmSubscriptionResult>`;
  return `<ConfirmSubscriptionResponse xmlns="${NAMESPACE}">${result}${metadata}</ConfirmSubscriptionResponse>`;
}

function answer(status: number, type: string, text: string) {
  return { status, headers: { 'content-type': type }, body: utf8(text) };
}
