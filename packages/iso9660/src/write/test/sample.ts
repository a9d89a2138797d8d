import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { IsoInput } from '../../plan/input.ts';

/** A folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-iso-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file whose content is its own path, or the given text. */
export function textFile(path: string, text = `content of ${path}`): IsoInput & { type: 'file' } {
  const bytes = new TextEncoder().encode(text);
  return { path, type: 'file', size: bytes.length, content: { bytes } };
}

export const sampleOptions = { volumeId: 'SAMPLE 1.0', time: 1_700_000_000 };
