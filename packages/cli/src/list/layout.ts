import { resolve } from 'node:path';
import { formatPlatform, LayoutStore, parseSource, refName } from '@ingot/content';
import { answer } from '../answer.ts';
import { UsageError } from '../error.ts';
import type { Descriptor } from '@ingot/content';
import type { Terminal, VerbValues } from '../verb.ts';

/** Lists the images that an OCI layout names. Throws ContentError INGOT_LAYOUT, INGOT_SOURCE_SYNTAX. */
export async function listLayout(text: string, values: VerbValues, terminal: Terminal): Promise<void> {
  const source = parseSource(text);
  if (source.transport !== 'oci') throw new TypeError(text);
  if (source.reference !== undefined || source.digest !== undefined) {
    throw new UsageError(
      `${JSON.stringify(text)} names an image, where a layout is wanted`,
      `Write oci:${source.path}`,
    );
  }
  const roots = await new LayoutStore(resolve(terminal.cwd(), source.path)).roots();
  const images = roots.map(described);
  const line = ({ reference, digest, mediaType, platform }: Described) =>
    [reference ?? '(no name)', digest, mediaType, ...(platform === undefined ? [] : [platform])].join('  ');
  answer(terminal, values, { images }, images.map(line));
}

interface Described {
  /** Null for an image without a name. */
  readonly reference: string | null;
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly platform?: string;
}

function described({ annotations, mediaType, digest, size, artifactType, platform }: Descriptor): Described {
  return {
    reference: annotations?.[refName] ?? null,
    mediaType,
    digest,
    size,
    ...(artifactType == null ? {} : { artifactType }),
    ...(platform == null ? {} : { platform: formatPlatform(platform) }),
  };
}
