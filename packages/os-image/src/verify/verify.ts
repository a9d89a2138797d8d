import type { OsImageDescription } from '../description/description.ts';
import type { FormatResult } from '../format/format.ts';
import type { Finding } from './finding.ts';

/**
 * Applies the rules of a format's consumer to its finished files. No finding but notes: the consumer takes it. Throws
 * only what is no fault of the files: ProjectError INGOT_TOOL_MISSING, ContentErrors of what cannot be read, the reason
 * of `signal`.
 * @param folder that the result's paths are relative to
 */
export async function verifyFormat(
  result: FormatResult,
  folder: string,
  description: OsImageDescription,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly Finding[]> {
  switch (result.format) {
    case 'metal-stack':
      return (await import('./metal-stack/verify.ts')).verifyMetalStack(result, folder, signal);
    case 'onmetal':
      return (await import('./onmetal.ts')).verifyOnmetal(result, folder, signal);
    case 'ironcore':
      return (await import('./ironcore.ts')).verifyIroncore(result, folder, signal);
    case 'gardenlinux':
      return (await import('./gardenlinux.ts')).verifyGardenlinux(result, folder, description, signal);
    case 'container':
      return (await import('./container.ts')).verifyContainer(result, folder);
    case 'disk':
      return (await import('../format/disk/verify.ts')).verifyDisk({ result, folder });
    case 'ironic':
      return (await import('../format/ironic/verify.ts')).verifyIronic({ result, folder });
  }
}
