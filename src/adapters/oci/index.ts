export { createOciDriver } from './oci-driver.ts';
export type { OciOptions } from './oci-driver.ts';
