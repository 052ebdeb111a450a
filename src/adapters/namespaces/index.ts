export { createNamespacesDriver } from './namespaces-driver.ts';
export type { NamespacesOptions } from './namespaces-driver.ts';
