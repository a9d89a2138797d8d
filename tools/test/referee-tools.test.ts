import { afterEach, describe, expect, it, vi } from 'vitest';
import { debianPackages, referee } from '../referee.ts';
import { missingReferees, packagesOf, refereeTools } from './referee-tools.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('referee programs', () => {
  it('are found in the folders of PATH', () => {
    expect(referee('tar')).toMatch(/\/tar$/);
  });

  it('name their Debian package where they are missing', () => {
    vi.stubEnv('PATH', '/nowhere');
    expect(() => referee('isoinfo')).toThrow('isoinfo is not installed');
    expect(() => referee('isoinfo')).toThrow('genisoimage');
  });

  it('come from packages that are each asked for once', () => {
    expect(packagesOf(['isoinfo', 'genisoimage', 'checkisomd5'])).toEqual(['genisoimage', 'isomd5sum']);
    expect(packagesOf([])).toEqual([]);
  });

  it('fail the step with their names where it may not install them', async () => {
    vi.stubEnv('PATH', '/nowhere');
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    const outcome = await refereeTools.run({});
    expect(outcome.failed).toBe(1);
    const missing = missingReferees();
    expect(missing).toContain('xorriso');
    for (const program of missing) expect(outcome.report).toContain(debianPackages[program]);
  });
});
