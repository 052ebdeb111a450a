export { applyPatch } from './apply.ts';
export { flag, list, map, number, place, text } from './fields.ts';
export { refuseByPath, refuseByTable, type PatchField, type PatchTable } from './table.ts';
