import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parsePlatform, type Platform } from '@ingot/content';
import {
  parseProjectFile,
  ProjectError,
  throwErrors,
  type Place,
  type ProjectFile,
  type Schema,
} from '@ingot/workspace';
import { describeDockerfile, settingsBesideDockerfile, type DockerfileDescription } from '../dockerfile/description.ts';
import { describeFiles, type FilesDescription, type WrittenFiles } from './files-description.ts';
import { versionOf } from './version.ts';

export interface LayerDescription {
  readonly place: Place;
  readonly files: readonly FilesDescription[];
  /** Undefined: for all. */
  readonly platforms: readonly Platform[] | undefined;
}

/** What goes into an image's config; lists and maps are empty where image.yaml says nothing. */
export interface RunDescription {
  readonly entrypoint: readonly string[] | undefined;
  readonly cmd: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal: string | undefined;
}

/** An image.yaml, checked and with every value as the author wrote it. */
export interface ImageDescription extends RunDescription {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  /** Undefined for `scratch`. */
  readonly from: { readonly source: string; readonly place: Place } | undefined;
  /** Undefined: the image is assembled, of `from` and `layers`. */
  readonly dockerfile: DockerfileDescription | undefined;
  readonly layers: readonly LayerDescription[];
  readonly platforms: readonly Platform[];
  readonly platformsPlace: Place;
  readonly annotations: Readonly<Record<string, string>>;
  /** Where it is pushed to, as it is written; none: it is not. */
  readonly repositories: readonly string[];
}

/** What nx.json says for all images of the workspace. */
export interface ImageDefaults {
  readonly platforms?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the schema lets through; scalars are read from the text. */
interface ImageFile {
  readonly from?: string;
  readonly platforms?: readonly string[];
  readonly layers?: readonly {
    readonly files: readonly WrittenFiles[];
    readonly platforms?: readonly string[];
  }[];
  readonly ports?: readonly (string | number)[];
  readonly volumes?: readonly string[];
  readonly workdir?: string;
  readonly repository?: string | readonly string[];
}

let schema: Schema | undefined;

/** The JSON Schema of image.yaml: the same object each time, since what is compiled of it is kept by it. */
export function imageSchema(): Schema {
  schema ??= JSON.parse(readFileSync(new URL('../../schema/image.schema.json', import.meta.url), 'utf8')) as Schema;
  return schema;
}

/**
 * Reads an image.yaml (an absolute path). Throws ProjectErrors with their places: what parseProjectFile throws, and
 * INGOT_IMAGE_FILE where there is none or it is another tool's, INGOT_FILE_VALUE, INGOT_IMAGE_VERSION,
 * INGOT_IMAGE_BESIDE_DOCKERFILE, INGOT_PLATFORM_SYNTAX.
 */
export async function readImageFile(path: string, defaults: ImageDefaults = {}): Promise<ImageDescription> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProjectError('INGOT_IMAGE_FILE', `cannot read ${path}: ${(cause as Error).message}`, { path, cause });
  });
  const file = parseProjectFile<ImageFile>({ text, file: path, kind: 'image/v1', schema: imageSchema() });
  if (file) return describe(file, defaults);
  throw new ProjectError('INGOT_IMAGE_FILE', 'this is no image of Ingot: its first key is not `ingot: image/v1`', {
    place: { file: path, line: 1, column: 1 },
    help: 'begin the file with `ingot: image/v1`',
  });
}

function describe(file: ProjectFile<ImageFile>, defaults: ImageDefaults): ImageDescription {
  const errors: ProjectError[] = [];
  /** Collects what is wrong, so that all of it is reported at once. */
  function attempt<T>(path: readonly (string | number)[], otherwise: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { code, message, help } = error as ProjectError;
      errors.push(
        new ProjectError(code ?? 'INGOT_FILE_VALUE', message, { place: file.place(path), ...(help ? { help } : {}) }),
      );
      return otherwise;
    }
  }
  const { value } = file;
  const text = (...path: (string | number)[]) => file.text(path);
  const list = (key: string) =>
    (value[key as keyof ImageFile] as readonly unknown[] | undefined)?.map((_, i) => text(key, i)!);
  const map = (key: string) =>
    Object.fromEntries(
      Object.keys((value[key as keyof ImageFile] ?? {}) as object).map((name) => [name, text(key, name)!]),
    );
  const platforms = (path: (string | number)[], written: readonly string[]) =>
    written.flatMap((each, i) => attempt([...path, i], [], () => [parsePlatform(each)]));

  const layers = (value.layers ?? []).map((layer, i) => ({
    place: file.place(['layers', i]),
    platforms: layer.platforms && platforms(['layers', i, 'platforms'], layer.platforms),
    files: layer.files.map((entry, j) => describeFiles(file, ['layers', i, 'files', j], entry, attempt)),
  }));
  const from = value.from;
  const described: ImageDescription = {
    file: file.file,
    name: text('name')!,
    version: attempt(['version'], '', () => versionOf(text('version')!, file.file)),
    from: from === undefined || from === 'scratch' ? undefined : { source: from, place: file.place(['from']) },
    dockerfile: attempt(['dockerfile'], undefined, () => describeDockerfile(file)),
    layers,
    platforms: platforms(['platforms'], value.platforms ?? defaults.platforms ?? ['linux/amd64']),
    platformsPlace: file.place(['platforms']),
    entrypoint: list('entrypoint'),
    cmd: list('cmd'),
    env: attempt(['env'], {}, () => checkEnv(map('env'))),
    user: text('user'),
    workdir: value.workdir,
    labels: { ...defaults.labels, ...map('labels') },
    ports: (value.ports ?? []).map(String),
    volumes: value.volumes ?? [],
    stopSignal: text('stopSignal'),
    annotations: map('annotations'),
    repositories: [value.repository ?? []].flat(),
  };
  throwErrors([...errors, ...settingsBesideDockerfile(file)]);
  return described;
}

/** A name with "=" would become another variable. */
function checkEnv(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const bad = Object.keys(env).find((name) => name === '' || name.includes('=') || name.includes('\0'));
  if (bad === undefined) return env;
  throw new ProjectError('INGOT_FILE_VALUE', `env: ${JSON.stringify(bad)} cannot name an environment variable`);
}
