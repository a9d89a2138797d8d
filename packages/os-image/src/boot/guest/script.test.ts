import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkScript, installScript, quoted } from './script.ts';

const sh = (script: string, ...flags: readonly string[]) =>
  execFileSync('sh', [...flags, '-c', script], { encoding: 'utf8', input: '' });

describe('the scripts of a machine', () => {
  it.each(['plain', `it's "both" $HOME \`id\` \\n`, 'two\nlines', `''`, ''])(
    'hand a check over as it is: %j',
    (text) => {
      expect(sh(`printf %s ${quoted(text)}`)).toBe(text);
    },
  );

  it('are shell', () => {
    sh(checkScript([{ run: "echo 'a" }, { run: 'exit 3' }]), '-n');
    sh(installScript(), '-n');
  });
});
