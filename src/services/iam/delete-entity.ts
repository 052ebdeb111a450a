import type { Transaction } from '#ports/world/database.ts';
import { deleteConflict } from './errors.ts';
import type { Entity } from './model.ts';
import { deleteEntityRow } from './store-entities.ts';
import { attachedArns, listInlinePolicies } from './store-policies.ts';

/**
 * Takes away an entity on which no policy hangs.
 * @throws AwsError DeleteConflict
 */
export async function deleteHolder(tx: Transaction, holder: Entity): Promise<void> {
  if ((await attachedArns(tx, holder)).length > 0) {
    throw deleteConflict('Cannot delete entity, must detach all policies first.');
  }
  if ((await listInlinePolicies(tx, holder)).length > 0) {
    throw deleteConflict('Cannot delete entity, must delete policies first.');
  }
  await deleteEntityRow(tx, holder);
}
