import { plainYaml } from '@ingot/workspace/inference';
import { describe, expect, it } from 'vitest';
import { readVersion, writeVersion } from './version-key.ts';

const file = (version: string) => `# ours\ningot: image/v1\nname: app\n${version}\nenv: { version: 9.9.9 }\n`;

describe('the version of a project file', () => {
  it.each([
    ['version: 0.1.0', 'version: 1.0.0'],
    ['version: 0.1.0   # of the image', 'version: 1.0.0   # of the image'],
    ['version: "0.1.0"', 'version: "1.0.0"'],
    ["version:  '0.1.0' # x", "version:  '1.0.0' # x"],
  ])('is read and written where it stands: %s', (before, after) => {
    expect(readVersion(file(before))).toBe('0.1.0');
    expect(writeVersion(file(before), '1.0.0')).toBe(file(after));
  });

  it('stays a text, whatever YAML would make of it', async () => {
    for (const version of ['1.10', '2', '1.0.0-rc.1', 'v3']) {
      const written = (await plainYaml(writeVersion(file('version: 0.1.0'), version))) as { version: unknown };
      expect(written.version).toBe(version);
    }
  });

  it('is nobody’s business where the file is not ours, or npm keeps it', () => {
    expect(readVersion('name: x\nversion: 1.0.0\n')).toBeUndefined();
    expect(readVersion(file('version: package.json'))).toBeUndefined();
    expect(readVersion(undefined)).toBeUndefined();
  });
});
