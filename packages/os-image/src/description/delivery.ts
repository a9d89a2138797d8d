import type { ProjectFile } from '@ingot/workspace';
import type { BootDescription, PublishDescription, PushDescription } from './description.ts';
import type { Format } from './formats.ts';

/** What the schema lets through of push, publish and boot. */
export interface WrittenDelivery {
  readonly push?: Readonly<
    Partial<
      Record<
        Format,
        {
          readonly repository: string;
          readonly tags?: readonly unknown[];
          readonly attach?: boolean;
          readonly information?: boolean;
        }
      >
    >
  >;
  readonly publish?: { readonly folder: string } | { readonly command: readonly string[] };
  readonly boot?: {
    readonly formats?: BootDescription['formats'] & object;
    readonly timeLimit?: number;
    readonly memory?: number;
    readonly cpus?: number;
    readonly checks?: readonly { readonly run: string; readonly exit?: number; readonly text?: unknown }[];
    readonly installYaml?: Readonly<Record<string, unknown>>;
  };
}

/** Those that the seed attaches their build's files to. */
const attached: readonly Format[] = ['onmetal', 'ironcore', 'gardenlinux'];

export function describePush(file: ProjectFile<WrittenDelivery>): PushDescription[] {
  return Object.entries(file.value.push ?? {}).map(([format, { repository, tags, attach, information }]) => ({
    format: format as Format,
    place: file.place(['push', format, 'repository']),
    repository,
    tags: tags?.map((_, i) => file.text(['push', format, 'tags', i])!) ?? ['{version}'],
    attach: attach ?? attached.includes(format as Format),
    information: information ?? false,
  }));
}

export function describePublish({ value: { publish } }: ProjectFile<WrittenDelivery>): PublishDescription | undefined {
  if (publish === undefined) return undefined;
  if ('folder' in publish) return { kind: 'folder', folder: publish.folder };
  return { kind: 'command', run: publish.command };
}

export function describeBoot(file: ProjectFile<WrittenDelivery>): BootDescription {
  const { formats, timeLimit = 300, memory = 1024, cpus = 2, checks = [], installYaml = {} } = file.value.boot ?? {};
  return {
    timeLimit,
    memory,
    cpus,
    formats,
    checks: checks.map(({ run, exit = 0 }, i) => ({
      place: file.place(['boot', 'checks', i]),
      run,
      exit,
      text: file.text(['boot', 'checks', i, 'text']),
    })),
    installYaml,
  };
}
