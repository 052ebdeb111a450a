export { exportApi } from './export.ts';
export { importApi, type BasePathMode } from './import.ts';
export { readDocument } from './document.ts';
