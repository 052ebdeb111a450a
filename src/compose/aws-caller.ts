/** Requests to this server's own services, signed by the temporary credentials of a role. */
import { AwsV4Signer } from 'aws4fetch';
import { HOUR_MS } from '#kernel/units.ts';
import type { AwsCaller } from '#ports/peers/aws-caller.ts';
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
  readonly clock: Clock;
  readonly issuer: CredentialIssuer;
  /** `127.0.0.1:4566`; asked for once the server listens. */
  readonly host: () => string;
}

/** A caller by way of the server's own port: a request goes the way that a client's does. */
export function createAwsCaller({ http, clock, issuer, host }: AwsCallerOptions): AwsCaller {
  const kept = new Map<string, Credentials>();
  async function credentialsOf(roleArn: string): Promise<Credentials> {
    const known = kept.get(roleArn);
    if (known !== undefined && (known.expiresAtMs ?? 0) - clock.now() > LEFT_MS_MIN) return known;
    const sessionName = 'BackplaneAssumeRoleSession';
    const made = await issuer.issue({ roleArn, sessionName, durationMs: HOUR_MS });
    if (kept.size >= ROLES_MAX) kept.clear();
    kept.set(roleArn, made);
    return made;
  }
  return {
    async call({ service, region, roleArn, method, path, headers, body, timeoutMs }, signal) {
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
