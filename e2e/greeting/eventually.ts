import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningOperator } from './operator.ts';

/** Waits until it is so. Throws with all that the operator has said where it never is. */
export async function eventually(holds: () => unknown, what: string, operator: RunningOperator): Promise<void> {
  for (let tries = 0; tries < 6000; tries++) {
    if (holds()) return;
    if (operator.ended()) break;
    await sleep(10);
  }
  throw new Error(`never: ${what}\n${operator.output()}`);
}
