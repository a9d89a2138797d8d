import type { DockerfileDescription } from '@ingot/oci';
import { ProjectError, type ProjectFile } from '@ingot/workspace';
import type { Builder, CommandDescription, MmdebstrapDescription, SecretReference } from './description.ts';

/** What the schema lets through of the builders. */
export interface WrittenBuilders {
  readonly mmdebstrap?: {
    readonly suite: string;
    readonly variant?: string;
    readonly packages?: readonly string[];
    readonly sources?: readonly string[];
    readonly keyrings?: readonly string[];
    readonly credentials?: readonly {
      readonly machine: string;
      readonly login: SecretReference;
      readonly password: SecretReference;
    }[];
    readonly hooks?: Partial<MmdebstrapDescription['hooks']>;
    /** Files that hooks read: inputs of the task, which a build itself does not ask for. */
    readonly inputs?: readonly string[];
    readonly mode?: MmdebstrapDescription['mode'];
  };
  readonly rootfs?: string | { readonly from: string; readonly target?: string; readonly project?: string };
  readonly command?: {
    readonly run: readonly string[];
    readonly rootfs: string;
    readonly kernel?: string;
    readonly initrd?: string;
    readonly inputs?: readonly string[];
  };
}

const kinds = ['mmdebstrap', 'dockerfile', 'rootfs', 'command'] as const;

/** The one builder that the file names. Throws ProjectError INGOT_OS_IMAGE_BUILDER, INGOT_FILE_VALUE. */
export function describeBuilder(
  file: ProjectFile<WrittenBuilders>,
  dockerfile: DockerfileDescription | undefined,
): Builder {
  const named = kinds.filter((kind) => (file.value as Readonly<Record<string, unknown>>)[kind] !== undefined);
  if (named.length !== 1) throw notOne(file, named);
  const { mmdebstrap, rootfs, command } = file.value;
  if (mmdebstrap) return describeMmdebstrap(file, mmdebstrap);
  if (command) return describeCommand(command);
  if (dockerfile) return { kind: 'dockerfile', dockerfile };
  const { from, target, project } =
    typeof rootfs === 'string' ? { from: rootfs, target: undefined, project: undefined } : rootfs!;
  return { kind: 'rootfs', from, target, project };
}

function describeMmdebstrap(
  file: ProjectFile<WrittenBuilders>,
  {
    suite,
    variant = 'minbase',
    packages = [],
    sources = [],
    keyrings = [],
    credentials = [],
    hooks = {},
    mode = 'auto',
  }: NonNullable<WrittenBuilders['mmdebstrap']>,
): MmdebstrapDescription {
  for (const [i, source] of sources.entries()) {
    // A name alone may be a token.
    if (/\/\/[^/\s]*@/.test(source)) {
      throw new ProjectError('INGOT_FILE_VALUE', 'a source must not hold a login or password: it stays in the image', {
        place: file.place(['mmdebstrap', 'sources', i]),
        help: 'name it under `credentials`, by an environment variable or a file',
      });
    }
  }
  const { setup = [], extract = [], essential = [], customize = [] } = hooks;
  return {
    kind: 'mmdebstrap',
    suite,
    variant,
    packages,
    sources,
    keyrings,
    credentials: credentials.map((each, i) => ({ ...each, place: file.place(['mmdebstrap', 'credentials', i]) })),
    hooks: { setup, extract, essential, customize },
    mode,
  };
}

function describeCommand({
  run,
  rootfs,
  kernel,
  initrd,
  inputs = ['**/*'],
}: NonNullable<WrittenBuilders['command']>): CommandDescription {
  return { kind: 'command', run, rootfs, kernel, initrd, inputs };
}

function notOne(file: ProjectFile<WrittenBuilders>, named: readonly string[]): ProjectError {
  const message =
    named.length === 0 ? 'the file names no builder' : `the file names several builders: ${named.join(', ')}`;
  return new ProjectError('INGOT_OS_IMAGE_BUILDER', message, {
    place: file.place(named.length === 0 ? [] : [named[1]!]),
    help: `write one of ${kinds.join(', ')}`,
  });
}
