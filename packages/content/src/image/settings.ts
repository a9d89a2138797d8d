import { ContentError } from '../error.ts';
import type { ImageConfig } from '../manifest.ts';

/** How the image's program is run. What is left out comes from the base. */
export interface ImageSettings {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `user`, `uid`, `user:group`, `uid:gid`. */
  readonly user?: string;
  readonly workdir?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `8080`, `'8080/udp'`; TCP where no protocol is named. */
  readonly ports?: readonly (number | string)[];
  readonly volumes?: readonly string[];
  /** `SIGTERM`, `'15'`, `SIGRTMIN+3`. */
  readonly stopSignal?: string;
}

/** `config` in OCI image-spec config.md, with the three more that Docker images have. */
type Execution = NonNullable<ImageConfig['config']>;

/** What survives of a base. Left behind are notes of the build that made it, and OnBuild, which is for a Dockerfile. */
const inherited: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['User', isText],
  ['ExposedPorts', isObject],
  ['Env', isTexts],
  ['Entrypoint', isTexts],
  ['Cmd', isTexts],
  ['Volumes', isObject],
  ['WorkingDir', isText],
  ['Labels', isLabels],
  ['StopSignal', isText],
  ['Healthcheck', isObject],
  ['Shell', isTexts],
  ['ArgsEscaped', (value) => typeof value === 'boolean'],
]);

/**
 * The base's settings with these over them, as a Dockerfile would have it: env and labels by name, ports and volumes
 * added, and an entrypoint that forgets the base's cmd. Throws ContentError INGOT_IMAGE_CONFIG.
 */
export function mergeSettings(base: Execution | null | undefined, settings: ImageSettings): Execution {
  check(settings);
  const { entrypoint, cmd, env, user, workdir, labels, ports, volumes, stopSignal } = settings;
  const kept = keep(base ?? {});
  const merged = {
    ...kept,
    User: user ?? kept.User,
    WorkingDir: workdir ?? kept.WorkingDir,
    StopSignal: stopSignal ?? kept.StopSignal,
    Entrypoint: entrypoint ?? kept.Entrypoint,
    Cmd: cmd ?? (entrypoint === undefined ? kept.Cmd : undefined),
    Env: mergeEnv(kept.Env ?? [], env ?? {}),
    Labels: { ...kept.Labels, ...labels },
    ExposedPorts: { ...kept.ExposedPorts, ...set((ports ?? []).map(port)) },
    Volumes: { ...kept.Volumes, ...set(volumes ?? []) },
  };
  return withoutEmpty(merged);
}

/** The base was made by others: what is not of its type is an error here, not later in a runtime. */
function keep(base: Execution): Execution {
  const known = Object.entries(base).filter(([key, value]) => inherited.has(key) && value !== null);
  for (const [key, value] of known) {
    if (inherited.get(key)?.(value) === false) {
      throw new ContentError(
        'INGOT_IMAGE_BASE',
        `the base image's config has a wrong ${key}: ${JSON.stringify(value)}`,
        {
          help: 'The base is broken, or was not made by an image tool: build or pull it again.',
        },
      );
    }
  }
  return Object.fromEntries(known);
}

/** A name that is there already keeps its place; new ones follow in the order given. */
function mergeEnv(base: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const byName = new Map(base.map((line) => [line.split('=', 1)[0] ?? '', line]));
  for (const [name, value] of Object.entries(env)) byName.set(name, `${name}=${value}`);
  return [...byName.values()];
}

function set(names: readonly string[]): Record<string, Record<string, never>> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function port(given: number | string): string {
  const text = String(given);
  return text.includes('/') ? text : `${text}/tcp`;
}

function withoutEmpty(config: Readonly<Record<string, unknown>>): Execution {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function check({ env, user, workdir, labels, ports, volumes, stopSignal, entrypoint, cmd }: ImageSettings): void {
  for (const name of Object.keys(env ?? {})) {
    if (name === '' || name.includes('=')) throw bad('env', name, 'A name is not empty and has no "=" in it.');
  }
  for (const value of ports ?? []) {
    const [, number] = /^([0-9]{1,5})(?:\/(?:tcp|udp|sctp))?$/.exec(String(value)) ?? [];
    if (number === undefined || Number(number) < 1 || Number(number) > 65535) {
      throw bad('ports', value, 'A port is a number from 1 to 65535, with /tcp, /udp or /sctp behind it if you like.');
    }
  }
  for (const path of [...(volumes ?? []), ...(workdir === undefined ? [] : [workdir])]) {
    if (!path.startsWith('/')) throw bad(path === workdir ? 'workdir' : 'volumes', path, 'Give an absolute path.');
  }
  if (user !== undefined && !/^[^\s:]+(:[^\s:]+)?$/.test(user)) throw bad('user', user, 'Write user or user:group.');
  if (stopSignal !== undefined && !/^(SIG[A-Z0-9]+([+-][0-9]+)?|[0-9]{1,2})$/.test(stopSignal)) {
    throw bad('stopSignal', stopSignal, 'Write a signal as SIGTERM, or as a number.');
  }
  const texts = [...Object.entries(env ?? {}).flat(), ...Object.entries(labels ?? {}).flat(), ...(entrypoint ?? [])];
  for (const text of [...texts, ...(cmd ?? []), ...(volumes ?? []), workdir ?? '', user ?? '']) {
    if (text.includes('\0')) throw bad('config', text, 'No text in it can have a NUL.');
  }
}

function bad(key: string, value: unknown, help: string): ContentError {
  return new ContentError('INGOT_IMAGE_CONFIG', `${JSON.stringify(value)} cannot be in an image's ${key}`, { help });
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabels(value: unknown): boolean {
  return isObject(value) && Object.values(value as object).every(isText);
}
