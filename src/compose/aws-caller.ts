/** Requests to this server's own services, signed by the temporary credentials of a role. */
import { AwsV4Signer } from 'aws4fetch';
import { BoundedMap } from '#kernel/bounded-map.ts';
import { parseArn } from '#kernel/arn.ts';
import { HOUR_MS } from '#kernel/units.ts';
import { isTrusted, type AccessControl } from '#ports/peers/access-control.ts';
import type { AwsCaller, AwsRequest } from '#ports/peers/aws-caller.ts';
import type { CredentialIssuer, Credentials } from '#ports/peers/credential-issuer.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { HttpClient } from '#ports/world/http-client.ts';

const ANSWER_BYTES_MAX = 11 * 1024 * 1024;
/** Roles whose credentials are kept. */
const ROLES_MAX = 1000;
const LEFT_MS_MIN = 60_000;

export interface AwsCallerOptions {
  readonly http: HttpClient;
  /** The machine's: signatures hold by it. */
  readonly clock: Pick<Clock, 'now'>;
  readonly issuer: CredentialIssuer;
  /** `127.0.0.1:4566`; asked for once the server listens. */
  readonly host: () => string;
  /** Where policies are evaluated. */
  readonly access?: AccessControl;
}

type RoleUse = Pick<AwsRequest, 'roleArn' | 'sourceArn' | 'sourceAccountId'>;

/** A gateway takes on roles of the account that it is in, and of those what lets it. */
async function mayAssume(access: AccessControl | undefined, use: RoleUse): Promise<boolean> {
  const { roleArn, sourceArn, sourceAccountId } = use;
  const role = parseArn(roleArn);
  const isRole = role?.service === 'iam' && role.resource.startsWith('role/');
  if (!isRole || role.accountId !== sourceAccountId) return false;
  const source = { service: 'apigateway.amazonaws.com', sourceArn, sourceAccountId };
  return await isTrusted(access, source, roleArn);
}

/** A caller by way of the server's own port: a request goes the way that a client's does. */
export function createAwsCaller(options: AwsCallerOptions): AwsCaller {
  const { http, clock, issuer, host, access } = options;
  const kept = new BoundedMap<Credentials>(ROLES_MAX);
  async function credentialsOf(roleArn: string): Promise<Credentials> {
    const known = kept.get(roleArn);
    if (known !== undefined && (known.expiresAtMs ?? 0) - clock.now() > LEFT_MS_MIN) return known;
    const sessionName = 'BackplaneAssumeRoleSession';
    const made = await issuer.issue({ roleArn, sessionName, durationMs: HOUR_MS });
    kept.set(roleArn, made);
    return made;
  }
  return {
    async call(request, signal) {
      const { service, region, roleArn, method, path, headers, body, timeoutMs } = request;
      if (!(await mayAssume(access, request))) {
        return { kind: 'failed', reason: `${roleArn} cannot be assumed` };
      }
      const { accessKeyId, secretAccessKey, sessionToken } = await credentialsOf(roleArn);
      const url = `http://${host()}${path}`;
      const hasBody = body.byteLength > 0 && method !== 'GET' && method !== 'HEAD';
      const signer = new AwsV4Signer({
        url,
        method,
        headers: { ...headers },
        ...(hasBody ? { body: Buffer.from(body) } : {}),
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        service,
        region,
        datetime: `${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`,
      });
      const signed = await signer.sign();
      const answerBytesMax = ANSWER_BYTES_MAX;
      const length = hasBody ? { 'content-length': String(body.byteLength) } : {};
      return await http.post(
        {
          url: signed.url.toString(),
          method,
          headers: { ...Object.fromEntries(signed.headers), ...length },
          body,
          timeoutMs,
          answerBytesMax,
        },
        signal,
      );
    },
  };
}
