import { ProjectError, type Place, type ProjectFile } from '@ingot/workspace';

/** Names of what can build a Dockerfile. */
export type EngineName = 'buildx' | 'podman' | 'buildah';

/** A secret by reference: its value stays where it is. */
export interface SecretDescription {
  readonly place: Place;
  readonly id: string;
  /** An environment variable's name, or a file as it was written. */
  readonly from: { readonly env: string } | { readonly file: string };
}

/** `dockerfile:` of an image.yaml, with the defaults filled in. */
export interface DockerfileDescription {
  readonly place: Place;
  readonly filePlace: Place;
  readonly contextPlace: Place;
  readonly enginePlace: Place;
  /** Relative to the project's folder, as `context` is. */
  readonly file: string;
  readonly context: string;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretDescription[];
  readonly engine: EngineName | 'auto';
  readonly builder: string | undefined;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
}

/** What the schema lets through. */
interface DockerfileValue {
  readonly file?: string;
  readonly context?: string;
  readonly target?: string;
  readonly args?: object;
  readonly secrets?: readonly { readonly id: string; readonly env?: string; readonly file?: string }[];
  readonly engine?: EngineName | 'auto';
  readonly builder?: string;
  readonly cacheFrom?: string | readonly string[];
  readonly cacheTo?: string | readonly string[];
}

/** What the Dockerfile says itself, and with which instruction. */
const instructions = {
  from: 'FROM',
  layers: 'COPY',
  entrypoint: 'ENTRYPOINT',
  cmd: 'CMD',
  env: 'ENV',
  user: 'USER',
  workdir: 'WORKDIR',
  ports: 'EXPOSE',
  volumes: 'VOLUME',
  stopSignal: 'STOPSIGNAL',
} as const;

/** The keys that have no place beside `dockerfile`, each an INGOT_IMAGE_BESIDE_DOCKERFILE. */
export function settingsBesideDockerfile(file: ProjectFile<object>): ProjectError[] {
  if (!('dockerfile' in file.value)) return [];
  return Object.entries(instructions)
    .filter(([key]) => key in file.value)
    .map(([key, instruction]) => {
      const message = `"${key}" has no place beside "dockerfile"`;
      const help = `the Dockerfile says it: ${instruction}; or assemble the image by from and layers, without a Dockerfile`;
      return new ProjectError('INGOT_IMAGE_BESIDE_DOCKERFILE', message, { place: file.place([key]), help });
    });
}

/** Undefined where image.yaml has no `dockerfile`. Throws ProjectError INGOT_FILE_VALUE. */
export function describeDockerfile(file: ProjectFile<object>): DockerfileDescription | undefined {
  const written = (file.value as { dockerfile?: string | DockerfileValue }).dockerfile;
  if (written === undefined) return undefined;
  const value: DockerfileValue = typeof written === 'string' ? { file: written } : written;
  const context = value.context ?? '.';
  const { engine = 'auto', builder, target } = value;
  if (builder !== undefined && engine !== 'auto' && engine !== 'buildx') {
    throw wrong(`dockerfile.builder: only docker buildx has builders, not ${engine}`);
  }
  return {
    place: file.place(['dockerfile']),
    filePlace: file.place(['dockerfile', 'file']),
    contextPlace: file.place(['dockerfile', 'context']),
    enginePlace: file.place(['dockerfile', 'engine']),
    file: value.file ?? (context === '.' ? 'Dockerfile' : `${context.replace(/\/+$/, '')}/Dockerfile`),
    context,
    target,
    args: args(value, file),
    secrets: (value.secrets ?? []).map((secret, i) => ({
      place: file.place(['dockerfile', 'secrets', i]),
      id: secret.id,
      from: secretSource(secret),
    })),
    engine: builder === undefined ? engine : 'buildx',
    builder,
    cacheFrom: caches('cacheFrom', value.cacheFrom),
    cacheTo: caches('cacheTo', value.cacheTo),
  };
}

function args(value: DockerfileValue, file: ProjectFile<object>): Readonly<Record<string, string>> {
  const names = Object.keys(value.args ?? {});
  const bad = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (bad !== undefined) throw wrong(`dockerfile.args: ${JSON.stringify(bad)} cannot name a build argument`);
  if (names.includes('SOURCE_DATE_EPOCH')) {
    throw wrong('dockerfile.args: SOURCE_DATE_EPOCH is given to every build', 'set it in the environment instead');
  }
  return Object.fromEntries(names.map((name) => [name, file.text(['dockerfile', 'args', name]) ?? '']));
}

function secretSource({ id, env, file }: { id: string; env?: string; file?: string }): SecretDescription['from'] {
  if (env !== undefined && file === undefined) return { env };
  if (file !== undefined && env === undefined) return { file };
  throw wrong(`dockerfile.secrets: "${id}" needs either env or file`, 'write { id: npm, env: NPM_TOKEN }');
}

function caches(key: string, value: string | readonly string[] = []): readonly string[] {
  const all = typeof value === 'string' ? [value] : value;
  // Options of BuildKit's s3, gha and azblob caches that hold a secret; all of them are read from the environment, too.
  const secret = all
    .map((cache) => /(?:^|,)\s*"?((?:secret|session|access_key|account_key|password|token)\w*)=/i.exec(cache)?.[1])
    .find((name) => name !== undefined);
  if (secret === undefined) return all;
  throw wrong(
    `dockerfile.${key}: ${secret} is a secret, and would stand in the engine's arguments`,
    'leave it out: BuildKit takes it from the environment, such as AWS_SECRET_ACCESS_KEY',
  );
}

function wrong(message: string, help?: string): ProjectError {
  return new ProjectError('INGOT_FILE_VALUE', message, help === undefined ? {} : { help });
}
