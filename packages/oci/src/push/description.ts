import { readFile } from 'node:fs/promises';
import { isManifest, isIndex } from '@ingot/content';
import { parseReference, type Reference } from '@ingot/registry/reference';
import {
  claimOf,
  isOurKind,
  parseProjectFile,
  ProjectError,
  throwErrors,
  withPlace,
  type Path,
  type Place,
  type ProjectFile,
} from '@ingot/workspace';
import { artifactSchema } from '../artifact/description.ts';
import { imageSchema } from '../image/description.ts';
import { versionOf } from '../image/version.ts';

/** A repository that a project is pushed to. */
export interface PushRepository {
  /** Registry and repository; neither tag nor digest. */
  readonly reference: Reference;
  /** Undefined: it was named on the command line. */
  readonly place: Place | undefined;
}

/** Files that become a referrer of what is pushed. */
export interface AttachDescription {
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly files: readonly AttachFile[];
}

export interface AttachFile {
  readonly from: string;
  readonly mediaType: string;
  readonly title: string | undefined;
  readonly target: string | undefined;
  readonly project: string | undefined;
  /** Of `from`. */
  readonly place: Place;
  readonly targetPlace: Place;
  readonly projectPlace: Place;
}

/** What a project file says of its push, checked. */
export interface PushDescription {
  readonly kind: 'image' | 'artifact';
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly repositories: readonly PushRepository[];
  readonly tags: readonly string[];
  readonly attach: readonly AttachDescription[];
}

/** What the command line or nx.json say. */
export interface PushDefaults {
  /** What repositories without a registry are below: `registry.example/team`. */
  readonly registry?: string | undefined;
  /** Instead of the file's repositories. */
  readonly repositories?: readonly string[] | undefined;
  /** Instead of the file's tags. */
  readonly tags?: readonly string[] | undefined;
}

/** What a project file may say of its push, beside name and version. */
export interface WrittenPush {
  readonly repository?: string | readonly string[];
  readonly tags?: readonly (string | number)[];
  readonly attach?: readonly {
    readonly artifactType: string;
    readonly annotations?: Readonly<Record<string, unknown>>;
    readonly files: readonly {
      readonly from: string;
      readonly mediaType?: string;
      readonly title?: string;
      readonly target?: string;
      readonly project?: string;
    }[];
  }[];
}

const tagGrammar = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * Reads of an image.yaml or artifact.yaml (an absolute path) what concerns its push. Throws ProjectErrors with their
 * places: what parseProjectFile throws, INGOT_PUSH_FILE, INGOT_PUSH_REPOSITORY, INGOT_PUSH_REGISTRY, INGOT_PUSH_TAG,
 * INGOT_IMAGE_VERSION, INGOT_ARTIFACT_MEDIA_TYPE.
 */
export async function readPushFile(path: string, defaults: PushDefaults): Promise<PushDescription> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProjectError('INGOT_PUSH_FILE', `cannot read ${path}: ${(cause as Error).message}`, { path, cause });
  });
  const claim = claimOf(text);
  const kind = isOurKind(claim, 'artifact') ? 'artifact' : 'image';
  const schema = kind === 'artifact' ? artifactSchema() : imageSchema();
  const file = parseProjectFile<WrittenPush>({ text, file: path, kind: `${kind}/v1`, schema });
  if (file !== undefined) return describePush(file, kind, defaults);
  throw new ProjectError('INGOT_PUSH_FILE', 'this is neither an image nor an artifact of Ingot', {
    place: { file: path, line: 1, column: 1 },
    help: 'begin the file with `ingot: image/v1` or `ingot: artifact/v1`',
  });
}

/**
 * The same out of a project file that is read already, of whatever kind: its `repository`, `tags`, `attach`, `name` and
 * `version`. Throws what readPushFile throws, but for INGOT_PUSH_FILE.
 */
export async function describePush(
  file: ProjectFile<WrittenPush>,
  kind: PushDescription['kind'],
  defaults: PushDefaults,
): Promise<PushDescription> {
  const errors: unknown[] = [];
  async function attempt<T>(path: Path, read: () => T): Promise<T[]> {
    try {
      return [await withPlace(file.place(path), read)];
    } catch (error) {
      errors.push(error);
      return [];
    }
  }
  const [version = ''] = await attempt(['version'], () => versionOf(file.text(['version'])!, file.file));
  const repositories: PushRepository[] = [];
  for (const { text, path } of repositoriesOf(file, defaults)) {
    const place = path && file.place(path);
    const read = () => ({ reference: parseRepository(text, defaults.registry), place });
    repositories.push(...(path === undefined ? [read()] : await attempt(path, read)));
  }
  const tags: string[] = [];
  for (const { text, path } of tagsOf(file, defaults)) {
    const read = () => checkTag(text.replaceAll('{version}', version));
    tags.push(...(path === undefined ? [read()] : await attempt(path, read)));
  }
  const attach = (file.value.attach ?? []).map((each, i) => attachment(file, each, i));
  throwErrors(errors as Error[]);
  return {
    kind,
    file: file.file,
    name: file.text(['name'])!,
    version,
    repositories,
    tags: [...new Set(tags)],
    attach,
  };
}

interface WrittenText {
  readonly text: string;
  /** Undefined: it stands in no file. */
  readonly path: Path | undefined;
}

function repositoriesOf(file: ProjectFile<WrittenPush>, { repositories }: PushDefaults): WrittenText[] {
  if (repositories !== undefined && repositories.length > 0)
    return repositories.map((text) => ({ text, path: undefined }));
  const { repository } = file.value;
  if (repository === undefined) {
    throw new ProjectError('INGOT_PUSH_REPOSITORY', 'the file names no repository to push to', {
      place: file.place([]),
      help: 'add `repository: registry.example/team/name`',
    });
  }
  if (typeof repository === 'string') return [{ text: repository, path: ['repository'] }];
  return repository.map((text, i) => ({ text, path: ['repository', i] }));
}

function tagsOf(file: ProjectFile<WrittenPush>, { tags }: PushDefaults): WrittenText[] {
  if (tags !== undefined && tags.length > 0) return tags.map((text) => ({ text, path: undefined }));
  const written = file.value.tags;
  if (written === undefined) return [{ text: '{version}', path: ['version'] }];
  return written.map((_, i) => ({ text: file.text(['tags', i])!, path: ['tags', i] }));
}

/**
 * A repository as it is written: with its registry, or below the one that nx.json names. A bare name is never guessed to
 * be Docker Hub's. Throws ProjectError INGOT_PUSH_REGISTRY, INGOT_PUSH_REPOSITORY, and INGOT_REFERENCE_SYNTAX.
 */
export function parseRepository(text: string, registry: string | undefined): Reference {
  if (/@|:[^/]*$/.test(text.replace(/^[^/]*:\d+(?=\/)/, ''))) {
    throw new ProjectError('INGOT_PUSH_REPOSITORY', `"${text}" has a tag or a digest`, {
      help: 'write the repository alone, and its tags under `tags`',
    });
  }
  const named = hasRegistry(text);
  if (!named && (registry === undefined || registry === '')) {
    throw new ProjectError('INGOT_PUSH_REGISTRY', `"${text}" names no registry`, {
      help: `write registry.example/${text} (docker.io/${text} for Docker Hub), or set \`registry\` in the options of @ingot/oci/plugin in nx.json`,
    });
  }
  const { registry: host, repository } = parseReference(named ? text : `${registry!.replace(/\/+$/, '')}/${text}`);
  return { registry: host, repository };
}

/** As Docker tells them apart: a registry has a dot or a port, or is localhost (distribution/reference). */
function hasRegistry(text: string): boolean {
  const slash = text.indexOf('/');
  return slash > 0 && (/[.:]/.test(text.slice(0, slash)) || text.slice(0, slash) === 'localhost');
}

function checkTag(tag: string): string {
  if (tagGrammar.test(tag)) return tag;
  throw new ProjectError('INGOT_PUSH_TAG', `${JSON.stringify(tag)} cannot be a tag`, {
    help: 'a tag has letters, digits, ".", "_" and "-", begins with a letter, digit or "_", and has at most 128 characters; {version} stands for the version',
  });
}

type WrittenAttachment = NonNullable<WrittenPush['attach']>[number];

function attachment(file: ProjectFile<WrittenPush>, written: WrittenAttachment, index: number): AttachDescription {
  const at = ['attach', index];
  const annotations = Object.keys(written.annotations ?? {});
  return {
    artifactType: written.artifactType,
    annotations: Object.fromEntries(annotations.map((name) => [name, file.text([...at, 'annotations', name])!])),
    files: written.files.map(({ from, mediaType = 'application/octet-stream', title, target, project }, i) => ({
      from,
      mediaType: checkMediaType(mediaType, file.place([...at, 'files', i, 'mediaType'])),
      title,
      target,
      project,
      place: file.place([...at, 'files', i, 'from']),
      targetPlace: file.place([...at, 'files', i, 'target']),
      projectPlace: file.place([...at, 'files', i, 'project']),
    })),
  };
}

function checkMediaType(mediaType: string, place: Place): string {
  if (!isManifest(mediaType) && !isIndex(mediaType)) return mediaType;
  throw new ProjectError('INGOT_ARTIFACT_MEDIA_TYPE', `mediaType: a file cannot be called ${mediaType}`, {
    place,
    help: 'registries and clients would take it for a manifest; leave the key out',
  });
}
