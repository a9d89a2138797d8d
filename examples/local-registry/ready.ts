/** `node ready.ts registry.yaml`: waits until the registry of `serve.ts` answers; Nx starts both at the same time. */
import { setTimeout as wait } from 'node:timers/promises';
import { fail, localRegistry, ownerHeader, portTaken, type LocalRegistry } from './registry.ts';

const seconds = 30;

try {
  const registry = localRegistry(process.argv[2] ?? 'registry.yaml');
  for (let tries = 0; !(await answers(registry)); tries++) {
    if (tries >= seconds * 10) throw new Error(`the registry at ${registry.address} did not start: see what it says`);
    await wait(100);
  }
} catch (error) {
  fail(error);
}

/** Throws where another registry answers: what is pushed would end up there. */
async function answers(registry: LocalRegistry): Promise<boolean> {
  const response = await fetch(`http://${registry.address}/v2/`).catch(() => undefined);
  if (response === undefined) return false;
  await response.body?.cancel();
  if (response.headers.get(ownerHeader) === registry.owner) return true;
  throw portTaken(registry);
}
