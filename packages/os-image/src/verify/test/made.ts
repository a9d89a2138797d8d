import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { testFolder } from '../../../../../tools/registry/temporary-folder.ts';
import type { OsImageDescription } from '../../description/description.ts';
import type { Format } from '../../description/formats.ts';
import type { FormatResult, MakeFormat } from '../../format/format.ts';
import { resultOf, testInput, type TestImage } from '../../format/test/input.ts';
import type { Finding } from '../finding.ts';
import { verifyFormat } from '../verify.ts';

/** A format's output: made once for a file of tests, and copied for each, which may do with it what it likes. */
export function madeFormat(format: Format, make: MakeFormat, image: TestImage = {}) {
  const at = testFolder();
  let once = '';
  let result: FormatResult;
  let description: OsImageDescription;
  const folder = (): string => at('out');
  beforeAll(async () => {
    once = mkdtempSync(join(tmpdir(), 'ingot-made-'));
    const input = await testInput(once, image);
    ({ description } = input);
    result = resultOf(format, await make(input));
  });
  afterAll(() => rmSync(once, { recursive: true }));
  beforeEach(() => cpSync(join(once, 'out'), folder(), { recursive: true }));
  return {
    at,
    folder,
    result: (): FormatResult => result,
    verify: (changed?: FormatResult | void): Promise<readonly Finding[]> =>
      verifyFormat(changed ?? result, folder(), description),
  };
}
