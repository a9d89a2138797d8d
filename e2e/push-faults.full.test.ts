import { expect, it } from 'vitest';

import { DockerRegistry } from '../tools/registry/docker-registry.ts';
import { testFolder } from '../tools/registry/temporary-folder.ts';
import { killedAndPushedAgain, layeredImage, overhead, partsOf } from './killed-push.ts';

const at = testFolder();

/** So many bytes, anywhere in the push: the same each time. Lehmer's generator. */
function* points(count: number, most: number): Generator<number> {
  for (let state = 20_261_121, made = 0; made < count; made += 1) {
    state = (state * 48_271) % 2_147_483_647;
    yield Math.floor((state / 2_147_483_647) * most);
  }
}

it('a push that is killed at 30 points sends the rest alone when it is started again', async () => {
  const image = await layeredImage(at('layout'));
  await using registry = await DockerRegistry.start();
  const total = partsOf(image).reduce((sum, { size }) => sum + size, 0);
  const rests: number[] = [];
  // A process that is killed leaves its locks behind: all begin with those of the ones before.
  for (const after of points(30, total)) {
    const { rest, sent } = await killedAndPushedAgain(registry, after, at('layout'), image, at(`after-${after}`));
    expect(sent, `after ${after} bytes`).toBeLessThan(rest + overhead);
    rests.push(rest);
  }
  expect(rests.some((rest) => rest < total)).toBe(true);
  expect(new Set(rests).size).toBeGreaterThan(3);
}, 300_000);
