import { readFile } from 'node:fs/promises';
import type { LayerEntry } from '@ingot/content';
import { ProjectError, type Place } from '@ingot/workspace';
import { helmIgnore, type Ignores } from '../helm/ignore.ts';

/**
 * Takes out what the chart's .helmignore names, as `helm package` leaves it out: rukpak reads no .helmignore, and would
 * install templates that the author never meant. Throws ProjectError INGOT_BUNDLE_HELMIGNORE for a line that Helm refuses.
 * @param entries of the chart, whose root is that of the bundle
 */
export async function withoutIgnored(entries: Map<string, LayerEntry>, place: Place): Promise<void> {
  const file = entries.get('.helmignore');
  if (file?.type !== 'file') return;
  const ignores = rulesOf(await textOf(file.content), place);
  for (const path of [...entries.keys()]) if (ignores(path)) entries.delete(path);
}

async function textOf(content: Extract<LayerEntry, { type: 'file' }>['content']): Promise<string> {
  return content instanceof Uint8Array ? new TextDecoder().decode(content) : readFile(content.path, 'utf8');
}

function rulesOf(text: string, place: Place): Ignores {
  try {
    return helmIgnore(text);
  } catch (cause) {
    throw new ProjectError('INGOT_BUNDLE_HELMIGNORE', `.helmignore: ${(cause as Error).message}`, {
      place,
      help: 'write patterns that helm package takes, one in each line',
      cause,
    });
  }
}
