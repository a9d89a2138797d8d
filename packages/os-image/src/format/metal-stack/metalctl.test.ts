import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { metalctlLine } from './metalctl.ts';

it('is one line that a shell takes apart as metalctl has its flags (cmd/image.go)', () => {
  const line = metalctlLine({
    id: 'debian-12.0.20260101',
    path: 'stable/debian/12.0/img.tar.lz4',
    os: "debian's",
    version: '12.0.20260101',
  });
  expect(line).not.toContain('\n');
  const words = execFileSync('sh', ['-c', `metalctl() { printf '%s\\n' "$@"; }\n${line}`], {
    env: { IMAGES: 'https://images.example/my images' },
  });
  expect(words.toString().trimEnd().split('\n')).toEqual([
    'image',
    'create',
    ...['--id', 'debian-12.0.20260101'],
    ...['--url', 'https://images.example/my images/stable/debian/12.0/img.tar.lz4'],
    ...['--name', "debian's 12.0.20260101"],
    ...['--features', 'machine'],
  ]);
});
