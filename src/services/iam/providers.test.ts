import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { ACCOUNT, missing, openHarness } from './harness.test.ts';
import { base32, codeAt } from './one-time-code.ts';
import { readPublicKey } from './public-key.ts';

test('an OpenID Connect provider goes by its address', async () => {
  await using world = await openHarness();
  const { call } = world;
  const Url = 'https://issuer.example/a';
  const made = await call('CreateOpenIDConnectProvider', { Url, ClientIDList: ['one'] });
  const arn = { OpenIDConnectProviderArn: made.OpenIDConnectProviderArn ?? '' };
  assert.deepEqual(made, {
    OpenIDConnectProviderArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer.example/a`,
  });
  await assert.rejects(call('CreateOpenIDConnectProvider', { Url }), {
    code: 'EntityAlreadyExists',
    message: `Provider with url ${Url} already exists.`,
  });
  await assert.rejects(call('CreateOpenIDConnectProvider', { Url: 'http://issuer.example' }), {
    message: 'Invalid Open ID Connect Provider URL',
  });
  await call('AddClientIDToOpenIDConnectProvider', { ...arn, ClientID: 'two' });
  await call('RemoveClientIDFromOpenIDConnectProvider', { ...arn, ClientID: 'one' });
  await call('UpdateOpenIDConnectProviderThumbprint', { ...arn, ThumbprintList: ['a'.repeat(40)] });
  await call('TagOpenIDConnectProvider', { ...arn, Tags: [{ Key: 'k', Value: 'v' }] });
  const found = await call('GetOpenIDConnectProvider', arn);
  assert.deepEqual(
    [found.Url, found.ClientIDList, found.Tags],
    ['issuer.example/a', ['two'], [{ Key: 'k', Value: 'v' }]],
  );
  await call('DeleteOpenIDConnectProvider', arn);
  await assert.rejects(
    call('GetOpenIDConnectProvider', arn),
    missing(`OpenIDConnect Provider not found for arn ${arn.OpenIDConnectProviderArn}`),
  );
});

test('a SAML provider has metadata', async () => {
  await using world = await openHarness();
  const { call } = world;
  const SAMLMetadataDocument = '<md:EntityDescriptor validUntil="2030-01-01T00:00:00Z"/>'.padEnd(
    1000,
  );
  await assert.rejects(call('CreateSAMLProvider', { Name: 's', SAMLMetadataDocument: 'no' }), {
    code: 'InvalidInput',
  });
  const { SAMLProviderArn = '' } = await call('CreateSAMLProvider', {
    Name: 's',
    SAMLMetadataDocument,
  });
  await assert.rejects(call('CreateSAMLProvider', { Name: 's', SAMLMetadataDocument }), {
    code: 'EntityAlreadyExists',
  });
  await call('UpdateSAMLProvider', { SAMLProviderArn, SAMLMetadataDocument });
  const { ValidUntil } = await call('GetSAMLProvider', { SAMLProviderArn });
  assert.equal(ValidUntil, Date.UTC(2030, 0, 1));
  const { SAMLProviderList } = await call('ListSAMLProviders', {});
  assert.deepEqual(
    SAMLProviderList?.map(({ Arn }) => Arn),
    [SAMLProviderArn],
  );
  await call('DeleteSAMLProvider', { SAMLProviderArn });
  const none = missing(`Manifest not found for arn ${SAMLProviderArn}`);
  await assert.rejects(call('DeleteSAMLProvider', { SAMLProviderArn }), none);
});

/** Of 2026, for a hundred years; made for this test. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIICEDCCAXmgAwIBAgIUY/745UEKP88OGexW114Fm+mVQGkwDQYJKoZIhvcNAQEL
BQAwGTEXMBUGA1UEAwwOaGVhcnRoLmV4YW1wbGUwIBcNMjYxMTIyMjMxMTE1WhgP
MjEyNjEwMjkyMzExMTVaMBkxFzAVBgNVBAMMDmhlYXJ0aC5leGFtcGxlMIGfMA0G
CSqGSIb3DQEBAQUAA4GNADCBiQKBgQDV6ZenBUVOHTd0ZFnnIwRk+Au505JW2BxQ
E1d9vO3Ik+RoeyPHePMLDk8Ai6sNyCpBr/h8wNNxjVqTogZHZnPQQls2RNocTaKu
kg5uJ1GsItFwDYNrr7QTZ37Htxdd84lftGr+0AUk9AXR2IXVf+coGpzcYoUF7Tog
N0yypzTqkQIDAQABo1MwUTAdBgNVHQ4EFgQUwXJ7bKMSLh1N1aWw5C3s6HROce4w
HwYDVR0jBBgwFoAUwXJ7bKMSLh1N1aWw5C3s6HROce4wDwYDVR0TAQH/BAUwAwEB
/zANBgkqhkiG9w0BAQsFAAOBgQBKyDgiVZK3UIlZcXiCPGHHwP97Vw9tFj+F/LMF
rnMO5oYnplE3j6usXwXMsPXoYQQNgVL5Zx/wZdU6+kidZ4Z12m8Yn0dl3G4N/Nzi
KVsN0YLyWxyHx9Xe1k6+ivHs+C2KSVHUUgDpEclLCbMpR2UEDUqwfqn8ga9zwJz6
tvQy4Q==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBANXpl6cFRU4dN3Rk
WecjBGT4C7nTklbYHFATV3287ciT5Gh7I8d48wsOTwCLqw3IKkGv+HzA03GNWpOi
Bkdmc9BCWzZE2hxNoq6SDm4nUawi0XANg2uvtBNnfse3F13ziV+0av7QBST0BdHY
hdV/5yganNxihQXtOiA3TLKnNOqRAgMBAAECgYA239GTevqoaz5KkWOus4DxFeCM
LwYfWRkKQav0CX9GMQoq80veY9yVPXpuvWWIB40vhKDN//k96/EMZkgOEO4sSltk
FugnQHMz2KJMo9Op/oCkUoEnrO+8RYmurVFN1SiAWtRjq9PQiQh3yFOdndDOElDr
yhLwfSP4LGpOF9VlMQJBAPcthDj4IkiFZ45POZ2XkQxp6zgfNgL0WMBHHj3pSnvB
EPYd6G2yzn4t0VCHJAJlJ74b6XDiZwEp/1fc3Dd9yFcCQQDdjCC+ZybHYFVkQTnt
L8EH/V9jOcitTlv7Pe6uWo1uTlhQ9VcwFGNMl9pEsyMAqy1ygdSgZvO0wDIqQZHS
B7NXAkBY5Gyl1E74B8oLOuC8lTKb5UergkX5YAi+9ZShrVGVGgTQjkb1lJWAeVfK
fx9rIRfe3cjhSPrER2dGIO6tojW3AkBPlkJBBB9LKlEitcfQbAJFE4FLzPtJPsgO
Rl5S5ha+lIhndOtAS2KspjRzz4J4gAXQh9FRWgqcWRrsUSfIMpn7AkBo41WhUACB
O+EtfAd6cKGnq9gQMQP0EqlEojB+Sg+uF3Ukaf0OFd7B6gFBmWSOskIbwtmMguJd
WQl++BPVshj6
-----END PRIVATE KEY-----
`;

test('a certificate of a server is read, renamed and deleted', async () => {
  await using world = await openHarness();
  const { call } = world;
  const upload = (CertificateBody: string, PrivateKey: string) =>
    call('UploadServerCertificate', { ServerCertificateName: 'c', CertificateBody, PrivateKey });
  await assert.rejects(upload('no', KEY), { code: 'MalformedCertificate' });
  const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const pem = other.export({ type: 'pkcs8', format: 'pem' }).toString();
  await assert.rejects(upload(CERTIFICATE, pem), { code: 'KeyPairMismatch' });
  await upload(CERTIFICATE, KEY);
  await assert.rejects(upload(CERTIFICATE, KEY), {
    message: 'The Server Certificate with name c already exists.',
  });
  await call('UpdateServerCertificate', {
    ServerCertificateName: 'c',
    NewServerCertificateName: 'd',
    NewPath: '/p/',
  });
  const { ServerCertificateMetadataList: all } = await call('ListServerCertificates', {
    PathPrefix: '/p/',
  });
  assert.deepEqual(
    all?.map(({ Arn }) => Arn),
    [`arn:aws:iam::${ACCOUNT}:server-certificate/p/d`],
  );
  await call('DeleteServerCertificate', { ServerCertificateName: 'd' });
  await assert.rejects(
    call('GetServerCertificate', { ServerCertificateName: 'd' }),
    missing('The Server Certificate with name d cannot be found.'),
  );
});

test('a user has SSH keys and signing certificates', async () => {
  await using world = await openHarness();
  const { call } = world;
  const UserName = 'u';
  await call('CreateUser', { UserName });
  const SSHPublicKeyBody = createPublicKey(KEY).export({ type: 'spki', format: 'pem' }).toString();
  await assert.rejects(call('UploadSSHPublicKey', { UserName, SSHPublicKeyBody: 'ssh-rsa no' }), {
    code: 'InvalidPublicKey',
  });
  const { SSHPublicKey } = await call('UploadSSHPublicKey', { UserName, SSHPublicKeyBody });
  const id = { UserName, SSHPublicKeyId: SSHPublicKey?.SSHPublicKeyId ?? '' };
  assert.match(SSHPublicKey?.Fingerprint ?? '', /^(?:[\da-f]{2}:){15}[\da-f]{2}$/);
  await call('UpdateSSHPublicKey', { ...id, Status: 'Inactive' });
  const ssh = await call('GetSSHPublicKey', { ...id, Encoding: 'SSH' });
  assert.equal(ssh.SSHPublicKey?.Status, 'Inactive');
  const body = ssh.SSHPublicKey?.SSHPublicKeyBody ?? '';
  assert.equal(readPublicKey(body)?.pem, SSHPublicKeyBody);
  const { Certificate } = await call('UploadSigningCertificate', {
    UserName,
    CertificateBody: CERTIFICATE,
  });
  const CertificateId = Certificate.CertificateId;
  await assert.rejects(call('DeleteUser', { UserName }), { code: 'DeleteConflict' });
  await call('UpdateSigningCertificate', { UserName, CertificateId, Status: 'Inactive' });
  const { Certificates } = await call('ListSigningCertificates', { UserName });
  assert.equal(Certificates[0]?.Status, 'Inactive');
  await call('DeleteSigningCertificate', { UserName, CertificateId });
  await call('DeleteSSHPublicKey', id);
  await assert.rejects(
    call('DeleteSSHPublicKey', id),
    missing(`The Public Key with id ${id.SSHPublicKeyId} cannot be found.`),
  );
  await call('DeleteUser', { UserName });
});

test('a device is enabled by two codes of its own', async () => {
  await using world = await openHarness();
  const { call, clock } = world;
  const UserName = 'u';
  await call('CreateUser', { UserName });
  const { VirtualMFADevice: device } = await call('CreateVirtualMFADevice', {
    VirtualMFADeviceName: 'd',
  });
  const seed = Buffer.from(device.Base32StringSeed ?? new Uint8Array(0)).toString();
  const { SerialNumber } = device;
  const enable = (atMs: number) =>
    call('EnableMFADevice', {
      UserName,
      SerialNumber,
      AuthenticationCode1: codeAt(seed, atMs),
      AuthenticationCode2: codeAt(seed, atMs + 30_000),
    });
  await assert.rejects(enable(clock.now() + 3_600_000), { code: 'InvalidAuthenticationCode' });
  await enable(clock.now());
  const { MFADevices } = await call('ListMFADevices', { UserName });
  assert.deepEqual(
    MFADevices.map((one) => one.SerialNumber),
    [SerialNumber],
  );
  const unassigned = await call('ListVirtualMFADevices', { AssignmentStatus: 'Unassigned' });
  assert.deepEqual(unassigned.VirtualMFADevices, []);
  await assert.rejects(call('DeleteVirtualMFADevice', { SerialNumber }), {
    code: 'DeleteConflict',
  });
  await call('DeactivateMFADevice', { UserName, SerialNumber });
  await call('DeleteVirtualMFADevice', { SerialNumber });
  await assert.rejects(
    call('GetMFADevice', { SerialNumber }),
    missing(`VirtualMFADevice with serial number ${SerialNumber} doesn't exist.`),
  );
});

test('codes are those of RFC 6238', () => {
  // Appendix B, of which six digits are left.
  const seed = base32(Buffer.from('12345678901234567890'));
  assert.equal(codeAt(seed, 59_000), '287082');
  assert.equal(codeAt(seed, 1_111_111_109_000), '081804');
});
