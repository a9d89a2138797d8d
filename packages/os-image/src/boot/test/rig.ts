import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { smallRootfs } from '../../../../../tools/os-image/small-root.ts';
import type { BootCheck, BootDescription, OsImageDescription } from '../../description/description.ts';
import type { Format } from '../../description/formats.ts';
import type { FormatInput, FormatResult } from '../../format/format.ts';
import { makerOf } from '../../format/make.ts';
import type { RootfsResult } from '../../rootfs/result.ts';
import type { BootInput, Way } from '../context.ts';

export const version = '12.0.20240101';

export function check(run: string, more: Partial<BootCheck> = {}): BootCheck {
  return { run, exit: 0, text: undefined, place: { file: 'os-image.yaml', line: 20, column: 5 }, ...more };
}

/** What os-image.yaml says. */
export function description(folder: string, boot: Partial<BootDescription> = {}): OsImageDescription {
  return {
    file: join(folder, 'os-image.yaml'),
    folder,
    place: (path) => ({ file: join(folder, 'os-image.yaml'), line: 1 + path.length, column: 1 }),
    name: 'small',
    versionPattern: version,
    architectures: ['amd64'],
    commandLine: 'console=ttyS0,115200',
    builder: { kind: 'rootfs', from: 'root.tar', target: undefined, project: undefined },
    kernel: undefined,
    initrd: undefined,
    files: [],
    formats: ['metal-stack', 'onmetal', 'ironcore', 'disk'],
    metalStack: { os: 'small', imagesFolder: { kind: 'stable' }, level: 1 },
    ironcore: { variant: 'metal' },
    gardenlinux: { prefix: 'small', raw: false },
    disk: { size: undefined, free: 2 ** 24, espSize: 2 ** 26, bootloader: 'systemd-boot', outputs: ['raw'] },
    ironic: { outputs: ['raw'], kernelAndRamdisk: false, imagePullSecret: undefined },
    push: [],
    publish: undefined,
    boot: { timeLimit: 120, memory: 512, cpus: 2, formats: undefined, checks: [], installYaml: {}, ...boot },
  };
}

export interface Made {
  readonly description: OsImageDescription;
  readonly rootfs: RootfsResult;
  readonly rootfsFolder: string;
  readonly formats: ReadonlyMap<Format, { readonly folder: string; readonly result: FormatResult }>;
}

/** The target `rootfs` and these formats of it, in their order, below `folder`: of the small root where none is given. */
export async function make(
  folder: string,
  formats: readonly Format[],
  changes: Partial<OsImageDescription> = {},
  given?: { readonly rootfs: RootfsResult; readonly rootfsFolder: string },
): Promise<Made> {
  const { rootfs, rootfsFolder } = given ?? (await smallGiven(folder));
  const made = new Map<Format, { folder: string; result: FormatResult }>();
  const described = { ...description(folder), ...changes };
  for (const format of formats) {
    const output = join(folder, format);
    await mkdir(output, { recursive: true });
    const disks = made.get('disk');
    const input: FormatInput = {
      ...{ description: described, version, time: rootfs.time, rootfs, rootfsFolder, folder: output },
      ...(disks ? { disks } : {}),
      signal: new AbortController().signal,
      note: () => undefined,
      stage: () => () => undefined,
    };
    const answer = await (await makerOf(format))(input);
    const result = { ingot: 'os-image-result/v1', format, name: described.name, version, ...answer } as const;
    made.set(format, { folder: output, result });
  }
  return { description: described, rootfs, rootfsFolder, formats: made };
}

async function smallGiven(folder: string) {
  const { result, rootfsFolder } = await smallRootfs(folder);
  return { rootfs: result, rootfsFolder };
}

export interface TestBoot extends BootInput {
  readonly notes: string[];
  readonly stages: string[];
}

/** The input of a boot; its output goes to `<folder>/boot`. */
export function bootInput(made: Made, way: Way, boot: Partial<BootDescription> = {}): TestBoot {
  const { rootfs, rootfsFolder } = made;
  const notes: string[] = [];
  const stages: string[] = [];
  return {
    description: { ...made.description, boot: { ...made.description.boot, ...boot } },
    way,
    architecture: 'amd64',
    rootfs,
    rootfsFolder,
    format: made.formats.get(way)!,
    outputFolder: join(made.description.folder, 'boot'),
    signal: new AbortController().signal,
    note: (text) => void notes.push(text),
    stage: (label) => void stages.push(label),
    accelerator: 'tcg',
    notes,
    stages,
  };
}
