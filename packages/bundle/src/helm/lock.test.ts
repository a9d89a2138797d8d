import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';

import { lockDigest, lockDigestV2 } from './lock.ts';

const dependency = { name: 'redis', version: '>=17.0.0', repository: 'https://charts.example/a?b=1&c=2' };

it('is what helm dependency build wrote', () => {
  // By hand: SHA-256 of the JSON in Go's order and with Go's escapes.
  const json =
    '[[{"name":"redis","version":"\\u003e=17.0.0","repository":"https://charts.example/a?b=1\\u0026c=2","condition":"redis.enabled"}],' +
    '[{"name":"redis","version":"17.1.0","repository":"https://charts.example"}]]';
  const locked = { repository: 'https://charts.example', name: 'redis', version: '17.1.0' };
  expect(lockDigest([{ ...dependency, condition: 'redis.enabled', tags: [] }], [locked])).toBe(sha256(json));
});

it('is what Helm 2 wrote', () => {
  expect(lockDigestV2([{ name: 'a', version: '1.0.0' }])).toBe(
    sha256('{"dependencies":[{"name":"a","version":"1.0.0","repository":""}]}'),
  );
});

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
