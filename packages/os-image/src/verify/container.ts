import { join } from 'node:path';
import { LayoutStore, validate } from '@ingot/content';
import type { FormatResult } from '../format/format.ts';
import { Findings, type Finding } from './finding.ts';

/** What every image has to be: OCI image-spec, as `ingot verify` judges it. */
export async function verifyContainer(result: FormatResult, folder: string): Promise<readonly Finding[]> {
  const findings = new Findings('container');
  if (result.roots.length === 0) findings.error('image', 'there is no image');
  for (const { layout, ...root } of result.roots) {
    for await (const { level, message } of validate(new LayoutStore(join(folder, layout)), root)) {
      findings[level]('image', message);
    }
  }
  return findings.all;
}
