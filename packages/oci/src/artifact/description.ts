import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIndex, isManifest, parsePlatform, title as titleKey, type Platform } from '@ingot/content';
import {
  didYouMean,
  parseProjectFile,
  ProjectError,
  throwErrors,
  type Place,
  type ProjectFile,
  type Schema,
} from '@ingot/workspace';
import { versionOf } from '../image/version.ts';
import { compressedMediaType, disktypes, isDisktype, type Disktype } from './ironic/disktype.ts';

/** A file of an artifact, with what the author says of it. */
export interface ArtifactFile {
  /** `disk`, `kernel` and `ramdisk` are for Ironic. */
  readonly role: 'file' | 'disk' | 'kernel' | 'ramdisk';
  /** Of `from`. */
  readonly place: Place;
  readonly targetPlace: Place;
  readonly projectPlace: Place;
  readonly titlePlace: Place;
  readonly from: string;
  readonly target: string | undefined;
  readonly project: string | undefined;
  /** Undefined: the name of the file that is found. */
  readonly title: string | undefined;
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform: Platform | undefined;
  /** Of a disk. */
  readonly disktype: Disktype | undefined;
}

/** An artifact.yaml, checked. */
export interface ArtifactDescription {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** In the order of the file: `files`; or `disks`, `kernel`, `ramdisk`. */
  readonly files: readonly ArtifactFile[];
  readonly imagePullSecret: string | undefined;
}

/** What the schema lets through of a file; scalars are read from the text. */
interface Entry {
  readonly from: string;
  readonly target?: string;
  readonly project?: string;
  readonly title?: string;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly platform?: string;
  readonly disktype?: string;
}

interface Written {
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly files?: readonly Entry[];
  readonly disks?: readonly Entry[];
  readonly kernel?: Entry;
  readonly ramdisk?: Entry;
  readonly imagePullSecret?: string;
}

type Path = readonly (string | number)[];

/** What oras writes where nobody says an artifact type: the empty config demands one (OCI manifest.md). */
const unknownArtifact = 'application/vnd.unknown.artifact.v1';

/** oras writes a tar layer's type, which a single file is not. */
const anyBytes = 'application/octet-stream';

let schema: Schema | undefined;

/** The JSON Schema of artifact.yaml: the same object each time, since what is compiled of it is kept by it. */
export function artifactSchema(): Schema {
  schema ??= JSON.parse(readFileSync(new URL('../../schema/artifact.schema.json', import.meta.url), 'utf8')) as Schema;
  return schema;
}

/**
 * Reads an artifact.yaml (an absolute path). Throws ProjectErrors with their places: what parseProjectFile throws,
 * INGOT_ARTIFACT_FILE where there is none or it is another tool's, INGOT_ARTIFACT_FORM, INGOT_ARTIFACT_TITLE,
 * INGOT_ARTIFACT_MEDIA_TYPE, INGOT_IRONIC_DISKTYPE, INGOT_IRONIC_COMPRESSED, INGOT_IRONIC_DISK_TWICE,
 * INGOT_IMAGE_VERSION, INGOT_PLATFORM_SYNTAX.
 */
export async function readArtifactFile(path: string): Promise<ArtifactDescription> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProjectError('INGOT_ARTIFACT_FILE', `cannot read ${path}: ${(cause as Error).message}`, { path, cause });
  });
  const file = parseProjectFile<Written>({ text, file: path, kind: 'artifact/v1', schema: artifactSchema() });
  if (file) return describe(file);
  const message = 'this is no artifact of Ingot: its first key is not `ingot: artifact/v1`';
  throw new ProjectError('INGOT_ARTIFACT_FILE', message, {
    place: { file: path, line: 1, column: 1 },
    help: 'begin the file with `ingot: artifact/v1`',
  });
}

function describe(file: ProjectFile<Written>): ArtifactDescription {
  const { value } = file;
  checkForm(file);
  const errors: ProjectError[] = [];
  /** Collects what is wrong, so that all of it is reported at once. */
  function attempt<T>(path: Path, otherwise: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { code, message, help } = error as ProjectError;
      errors.push(new ProjectError(code, message, { place: file.place(path), ...(help ? { help } : {}) }));
      return otherwise;
    }
  }
  function read(entry: Entry, role: ArtifactFile['role'], at: Path): ArtifactFile {
    const { from, target, project, platform, disktype } = entry;
    return {
      role,
      place: file.place([...at, 'from']),
      targetPlace: file.place([...at, 'target']),
      projectPlace: file.place([...at, 'project']),
      titlePlace: file.place([...at, 'title']),
      from,
      target,
      project,
      title: attempt([...at, 'title'], undefined, () => checkTitle(entry.title)),
      mediaType: attempt([...at, 'mediaType'], anyBytes, () => checkMediaType(entry.mediaType ?? anyBytes, role)),
      annotations: attempt([...at, 'annotations'], {}, () =>
        checkAnnotations(texts(file, [...at, 'annotations']), role),
      ),
      platform: attempt([...at, 'platform'], undefined, () => (platform ? parsePlatform(platform) : undefined)),
      disktype: attempt([...at, 'disktype'], undefined, () => checkDisktype(disktype)),
    };
  }
  const described: ArtifactDescription = {
    file: file.file,
    name: file.text(['name'])!,
    version: attempt(['version'], '', () => checkTags(versionOf(file.text(['version'])!, file.file), value)),
    artifactType: value.artifactType ?? unknownArtifact,
    annotations: texts(file, ['annotations']),
    files: [
      ...(value.files ?? []).map((entry, i) => read(entry, 'file', ['files', i])),
      ...(value.disks ?? []).map((entry, i) => read(entry, 'disk', ['disks', i])),
      ...(value.kernel ? [read(value.kernel, 'kernel', ['kernel'])] : []),
      ...(value.ramdisk ? [read(value.ramdisk, 'ramdisk', ['ramdisk'])] : []),
    ],
    imagePullSecret: value.imagePullSecret,
  };
  throwErrors(errors);
  checkDisks(described, file);
  return described;
}

/** A map's values as they were written, since `1.10` is a text here. */
function texts(file: ProjectFile<Written>, path: Path): Readonly<Record<string, string>> {
  let value: unknown = file.value;
  for (const step of path) value = (value as Readonly<Record<string | number, unknown>> | undefined)?.[step];
  return Object.fromEntries(Object.keys(value ?? {}).map((name) => [name, file.text([...path, name])!]));
}

/** Throws INGOT_ARTIFACT_FORM: one artifact is either files, or disks with kernel and ramdisk. */
function checkForm(file: ProjectFile<Written>): void {
  const { value } = file;
  const ironic = (['disks', 'kernel', 'ramdisk'] as const).find((key) => value[key] !== undefined);
  if (value.files === undefined && ironic === undefined) {
    throw new ProjectError('INGOT_ARTIFACT_FORM', 'the artifact has nothing in it', {
      place: file.place([]),
      help: 'add `files` (any files), or `disks`, `kernel` and `ramdisk` (for Ironic)',
    });
  }
  if (value.files === undefined || ironic === undefined) {
    if (value.imagePullSecret === undefined || value.disks !== undefined) return;
    throw new ProjectError('INGOT_ARTIFACT_FORM', 'imagePullSecret: only disks have one', {
      place: file.place(['imagePullSecret']),
      help: "Ironic pulls nothing else with a node's secret; see [oci]authentication_config",
    });
  }
  throw new ProjectError('INGOT_ARTIFACT_FORM', `${ironic}: an artifact with \`files\` cannot have \`${ironic}\``, {
    place: file.place([ironic]),
    help: 'put one of the two into a project of its own',
  });
}

/** The tags of kernel and ramdisk are longer. Throws INGOT_IMAGE_VERSION. */
function checkTags(version: string, { kernel, ramdisk }: Written): string {
  const longest = ramdisk ? `${version}-ramdisk` : kernel ? `${version}-kernel` : version;
  if (longest.length <= 128) return version;
  throw new ProjectError('INGOT_IMAGE_VERSION', `version: the tag "${longest}" has more than 128 characters`);
}

/** Throws INGOT_ARTIFACT_TITLE. */
function checkTitle(title: string | undefined): string | undefined {
  if (title === undefined || isTitle(title)) return title;
  throw new ProjectError('INGOT_ARTIFACT_TITLE', `title: ${JSON.stringify(title)} is no name of a file`, {
    help: 'write a name, or a relative path without `..`',
  });
}

/** Who pulls a file writes it under its title: that must be a path that stays in the folder, on any system. */
export function isTitle(title: string): boolean {
  return !/^[/~]|^[A-Za-z]:|[\\\u0000-\u001f\u007f]|\/$|(^|\/)\.{1,2}(\/|$)|\/\//.test(title);
}

/** Throws INGOT_ARTIFACT_MEDIA_TYPE, and INGOT_IRONIC_COMPRESSED for what is for Ironic. */
function checkMediaType(mediaType: string, role: ArtifactFile['role']): string {
  if (isManifest(mediaType) || isIndex(mediaType)) {
    throw new ProjectError('INGOT_ARTIFACT_MEDIA_TYPE', `mediaType: a file cannot be called ${mediaType}`, {
      help: 'registries and clients would take it for a manifest; leave the key out',
    });
  }
  if (role === 'file' || !compressedMediaType(mediaType)) return mediaType;
  throw new ProjectError(
    'INGOT_IRONIC_COMPRESSED',
    `mediaType: Ironic takes ${mediaType} to say that it is compressed`,
    {
      help:
        role === 'disk'
          ? 'decompress the disk and leave the key out: the agent cannot decompress while it streams'
          : `leave the key out: firmware and boot loaders take the ${role} as it is (gzip or zstd within it is the kernel's own matter)`,
    },
  );
}

/** Throws INGOT_ARTIFACT_TITLE and INGOT_IRONIC_DISKTYPE for what keys of their own say. */
function checkAnnotations(
  annotations: Readonly<Record<string, string>>,
  role: ArtifactFile['role'],
): Readonly<Record<string, string>> {
  if (titleKey in annotations) {
    throw new ProjectError('INGOT_ARTIFACT_TITLE', `annotations: write ${titleKey} as \`title\``);
  }
  if (role === 'disk' && 'disktype' in annotations) {
    throw new ProjectError('INGOT_IRONIC_DISKTYPE', 'annotations: the disktype has a key of its own', {
      help: 'write `disktype` beside `from`, and nothing here',
    });
  }
  return annotations;
}

/** Throws INGOT_IRONIC_DISKTYPE. */
function checkDisktype(disktype: string | undefined): Disktype | undefined {
  if (disktype === undefined || isDisktype(disktype)) return disktype;
  const hint = didYouMean(disktype, disktypes);
  throw new ProjectError('INGOT_IRONIC_DISKTYPE', `disktype: Ironic skips a disk of type "${disktype}"${hint}`, {
    help: `it takes ${disktypes.join(', ')}; \`qemu-img convert -O qcow2\` makes one of most others`,
  });
}

/** Ironic takes the first of disks that are alike to it: the others would never be used. Throws INGOT_IRONIC_DISK_TWICE. */
function checkDisks({ files }: ArtifactDescription, file: ProjectFile<Written>): void {
  const seen = new Map<string, number>();
  const errors: ProjectError[] = [];
  for (const [i, { disktype, platform }] of files.filter(({ role }) => role === 'disk').entries()) {
    const key = `${disktype} disk for ${platform!.architecture}`;
    const before = seen.get(key);
    seen.set(key, before ?? i);
    if (before === undefined) continue;
    const { line } = file.place(['disks', before]);
    errors.push(
      new ProjectError('INGOT_IRONIC_DISK_TWICE', `there is a ${key} already, in line ${line}`, {
        place: file.place(['disks', i]),
        help: 'Ironic would always take the first; publish them under two names or versions',
      }),
    );
  }
  throwErrors(errors);
}
