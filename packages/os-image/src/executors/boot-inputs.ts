import { ProjectError } from '@ingot/workspace';
import type { Architecture } from '../description/description.ts';
import { ways, type BootInput, type Way } from '../boot/context.ts';
import { outputOf } from '../output/paths.ts';
import type { OsImageOptions, OsImageProject } from './project.ts';

/** What `boot` and `try` choose from. */
export interface BootChoice extends OsImageOptions {
  readonly way?: Way;
  readonly architecture?: Architecture;
}

export const bootOptions = { way: ways, architecture: ['amd64', 'arm64'] } as const;

/** Every machine that is to be booted: a way and an architecture. Throws ProjectError INGOT_BOOT_WAY where there is none. */
export async function bootInputs(
  { description, folder, name }: OsImageProject,
  { way, architecture }: BootChoice,
  task: Pick<BootInput, 'outputFolder' | 'signal' | 'note' | 'stage'>,
): Promise<BootInput[]> {
  const { readFormatResult, readRootfsResult } = await import('../output/read.ts');
  const rootfsOutput = outputOf(folder, 'rootfs');
  const rootfs = await readRootfsResult(rootfsOutput, name);
  const wanted: readonly Way[] = description.boot.formats ?? ways;
  const chosen = wanted.filter((each) => description.formats.includes(each) && (way ?? each) === each);
  const architectures = description.architectures.filter((each) => (architecture ?? each) === each);
  if (chosen.length === 0 || architectures.length === 0) {
    const what = [way, architecture].filter((each) => each !== undefined).join(' on ');
    throw new ProjectError('INGOT_BOOT_WAY', `there is nothing to boot${what === '' ? '' : ` by ${what}`}`, {
      place: description.place(['formats']),
      help: `images boot by ${ways.join(', ')}: name one of them among the formats`,
    });
  }
  const inputs: BootInput[] = [];
  for (const each of chosen) {
    const output = outputOf(folder, each);
    const format = { folder: output.folder, result: await readFormatResult(output, each, name) };
    for (const architecture of architectures) {
      inputs.push({ ...task, description, way: each, architecture, rootfs, rootfsFolder: rootfsOutput.folder, format });
    }
  }
  return inputs;
}
