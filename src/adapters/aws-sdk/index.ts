/** Event sources in AWS, or in another compatible server, by AWS's own SDK, which is loaded when it is first needed. */
export { createElsewhere, type ElsewhereOptions } from './elsewhere.ts';
