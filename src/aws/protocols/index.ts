/** The wire protocols, none of which knows a service. */
export { chooseProtocol } from './choose-protocol.ts';
export type { Call, Protocol } from './protocol.ts';
