import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, fails, openHarness, type Harness } from './harness.test.ts';

const APPLICATION = `arn:aws:sns:us-east-1:${ACCOUNT}:app/ADM/game`;
const SECRETS = { PlatformCredential: 'secret', PlatformPrincipal: 'id' };

async function withApplication(): Promise<Harness> {
  const harness = await openHarness();
  const made = await harness.call('CreatePlatformApplication', {
    Name: 'game',
    Platform: 'ADM',
    Attributes: SECRETS,
  });
  assert.equal(made.PlatformApplicationArn, APPLICATION);
  return harness;
}

describe('an application of a mobile platform', () => {
  it('is described without its secrets', async () => {
    const { call } = await withApplication();
    // Recorded in test_list_platform_applications.
    assert.deepEqual(await call('ListPlatformApplications', {}), {
      PlatformApplications: [
        { PlatformApplicationArn: APPLICATION, Attributes: { Enabled: 'true' } },
      ],
    });
    await call('SetPlatformApplicationAttributes', {
      PlatformApplicationArn: APPLICATION,
      Attributes: { EventEndpointCreated: 'arn', ...SECRETS },
    });
    const found = await call('GetPlatformApplicationAttributes', {
      PlatformApplicationArn: APPLICATION,
    });
    assert.deepEqual(found.Attributes, { Enabled: 'true', EventEndpointCreated: 'arn' });
  });

  // Recorded in test_create_platform_application_invalid_name, ..._invalid_platform, ..._invalid_attributes.
  it('is refused in the recorded words', async () => {
    const { call } = await openHarness();
    const create = (Name: string, Platform = 'ADM', Attributes: Record<string, string> = SECRETS) =>
      call('CreatePlatformApplication', { Name, Platform, Attributes });
    const refused = (made: Promise<unknown>, detail: string): Promise<void> =>
      assert.rejects(made, fails('InvalidParameter', `Invalid parameter: ${detail}`));
    await create('a'.repeat(256));
    const long = 'a'.repeat(257);
    await refused(create(long), `${long} Reason: must be at most 256 characters long`);
    await refused(create(''), ' Reason: cannot be empty');
    const allowed = "'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'";
    await refused(create('@name'), `@name Reason: must contain only characters ${allowed}`);
    await refused(create('name', 'AAA'), 'Platform Reason: AAA is not supported');
    await refused(
      create('name', 'ADM', { PlatformCredential: 'secret' }),
      'Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal',
    );
  });
});

describe('an endpoint of a mobile platform', () => {
  const create = (harness: Harness, more: object = {}) =>
    harness.call('CreatePlatformEndpoint', {
      PlatformApplicationArn: APPLICATION,
      Token: 'token',
      ...more,
    });

  // Recorded in test_create_platform_endpoint_idempotency.
  it('is one for a token, unless it is to be otherwise', async () => {
    const harness = await withApplication();
    const { EndpointArn = '' } = await create(harness);
    assert.match(EndpointArn, /:endpoint\/ADM\/game\/[0-9a-f-]{36}$/);
    assert.equal((await create(harness)).EndpointArn, EndpointArn);
    await assert.rejects(
      create(harness, { CustomUserData: 'other' }),
      fails(
        'InvalidParameter',
        `Invalid parameter: Token Reason: Endpoint ${EndpointArn} already exists with the same Token, but different attributes.`,
      ),
    );
    const listed = await harness.call('ListEndpointsByPlatformApplication', {
      PlatformApplicationArn: APPLICATION,
    });
    assert.deepEqual(listed.Endpoints, [
      { EndpointArn, Attributes: { Enabled: 'true', Token: 'token' } },
    ]);
  });

  it('takes as much data as it may, and no byte more', async () => {
    const harness = await withApplication();
    await create(harness, { Token: 'a', CustomUserData: 'é'.repeat(1024) });
    await assert.rejects(
      create(harness, { Token: 'b', CustomUserData: 'é'.repeat(1024) + 'x' }),
      fails(
        'InvalidParameter',
        'Invalid parameter: Attributes Reason: Invalid value for attribute: CustomUserData: must be at most 2048 bytes long in UTF-8 encoding',
      ),
    );
  });

  it('is answered a message unless it is disabled, and gone with its application', async () => {
    const harness = await withApplication();
    const { call } = harness;
    const { EndpointArn = '' } = await create(harness);
    const publish = () => call('Publish', { TargetArn: EndpointArn, Message: 'hello' });
    assert.match((await publish()).MessageId ?? '', /^[0-9a-f-]{36}$/);
    await call('SetEndpointAttributes', { EndpointArn, Attributes: { Enabled: 'false' } });
    await assert.rejects(publish(), fails('EndpointDisabled', 'Endpoint is disabled'));
    await call('DeletePlatformApplication', { PlatformApplicationArn: APPLICATION });
    await call('DeletePlatformApplication', { PlatformApplicationArn: APPLICATION });
    await assert.rejects(
      call('GetEndpointAttributes', { EndpointArn }),
      fails('NotFound', 'Endpoint does not exist'),
    );
  });
});

describe('the settings of text messages', () => {
  // Recorded in test_set_get_sms_attributes, test_set_invalid_sms_attributes.
  it('are kept, all or what is named is told, and others are refused', async () => {
    const { call } = await openHarness();
    const set = (attributes: Record<string, string>) => call('SetSMSAttributes', { attributes });
    await set({ DefaultSenderID: 'LSTest' });
    await set({ DefaultSMSType: 'Promotional' });
    assert.deepEqual((await call('GetSMSAttributes', {})).attributes, {
      MonthlySpendLimit: '1',
      DefaultSenderID: 'LSTest',
      DefaultSMSType: 'Promotional',
    });
    const named = await call('GetSMSAttributes', { attributes: ['DefaultSMSType'] });
    assert.deepEqual(named.attributes, { DefaultSMSType: 'Promotional' });
    for (const [attributes, message] of [
      [{ DefaultSendID: 'x' }, 'DefaultSendID is not a valid attribute'],
      [{ DefaultSMSType: 'Other' }, 'DefaultSMSType is invalid'],
      [
        { DeliveryStatusSuccessSamplingRate: '101' },
        'DeliveryStatusSuccessSamplingRate is invalid',
      ],
    ] as const) {
      await assert.rejects(set(attributes), fails('InvalidParameter', message));
    }
  });

  it('have a sandbox, whose numbers wait until they are verified', async () => {
    const { call } = await openHarness();
    const PhoneNumber = '+4915112345678';
    await call('CreateSMSSandboxPhoneNumber', { PhoneNumber });
    const status = async () =>
      (await call('ListSMSSandboxPhoneNumbers', {})).PhoneNumbers.map(({ Status }) => Status);
    assert.deepEqual(await status(), ['Pending']);
    await call('VerifySMSSandboxPhoneNumber', { PhoneNumber, OneTimePassword: '12345' });
    assert.deepEqual(await status(), ['Verified']);
    await call('DeleteSMSSandboxPhoneNumber', { PhoneNumber });
    assert.deepEqual(await status(), []);
    await assert.rejects(
      call('DeleteSMSSandboxPhoneNumber', { PhoneNumber }),
      fails('ResourceNotFound', 'The phone number does not exist'),
    );
  });

  it('let nobody publish to what is no number', async () => {
    const { call } = await openHarness();
    assert.ok((await call('Publish', { PhoneNumber: '+15551234567', Message: 'm' })).MessageId);
    await assert.rejects(
      call('Publish', { PhoneNumber: 'me', Message: 'm' }),
      fails(
        'InvalidParameter',
        'Invalid parameter: PhoneNumber Reason: me is not valid to publish to',
      ),
    );
  });
});
