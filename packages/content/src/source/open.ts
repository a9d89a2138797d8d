import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DirImage } from '../archive/dir-image.ts';
import { OciArchive } from '../archive/oci-archive.ts';
import { BlobStore } from '../blob-store.ts';
import { ContentError } from '../error.ts';
import { fileError, hasCode } from '../file-error.ts';
import { firstOf } from '../first-of.ts';
import { LayoutStore, refName } from '../layout-store.ts';
import { dockerSave, openDockerArchive } from './docker.ts';
import { nameOfRefName } from './image-name.ts';
import { openTar, throughStore } from './in-store.ts';
import { pickRoot } from './root.ts';
import { formatSource } from './source.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Fetcher, Located } from '../store.ts';
import type { OpenedSource } from './opened-source.ts';
import type { LayoutSource, Source } from './source.ts';

/** What a project has made: its layout, and where to find what it inherits. */
export interface ProjectOutput {
  /** The folder. */
  readonly layout: string;
  readonly inherits?: readonly (Fetcher & Partial<Located>)[];
}

export interface OpenOptions {
  /** Paths of sources are relative to this folder. */
  readonly baseDir: string;
  /** Finds the output of a project; throws where there is no such project. */
  readonly resolveProject?: (name: string) => Promise<ProjectOutput>;
  /** Opens an image of a registry; without it `docker://` is refused: this package does not talk to the network. */
  readonly openRegistry?: (reference: string) => Promise<OpenedSource>;
  /** Takes blobs that have no file of their own (docker-daemon, compressed archives). Default: the shared store. */
  readonly store?: BlobStore;
}

/**
 * Finds the image that a source names. What lies in files is read where it is. Throws ContentError
 * INGOT_SOURCE_MISSING, INGOT_SOURCE_REFERENCE, INGOT_SOURCE_REGISTRY, INGOT_SOURCE_DOCKER, INGOT_SOURCE_PROJECT,
 * INGOT_LAYOUT, INGOT_TAR, INGOT_DOCKER_ARCHIVE, INGOT_DIR.
 */
export async function openSource(source: Source, options: OpenOptions): Promise<OpenedSource> {
  const { store = new BlobStore(), baseDir } = options;
  switch (source.transport) {
    case 'project':
      return openProject(source.name, options, store);
    case 'oci':
      return openLayout(source, await there(source, baseDir, 'folder'), store);
    case 'oci-archive': {
      const { path, size } = await there(source, baseDir, 'file');
      return openTar(path, size, store, (tar) => openOciArchive(source, tar));
    }
    case 'docker-archive': {
      const { path, size } = await there(source, baseDir, 'file');
      return openTar(path, size, store, (tar) => openDockerArchive(tar, source));
    }
    case 'docker-daemon':
      return throughStore(
        store,
        formatSource(source),
        (tar) => openDockerArchive(tar, {}),
        (tar) => dockerSave(source.reference, tar),
      );
    case 'dir': {
      const image = await DirImage.open((await there(source, baseDir, 'folder')).path);
      return { root: image.root, fetcher: image };
    }
    case 'docker':
      if (options.openRegistry !== undefined) return options.openRegistry(source.reference);
      throw new ContentError('INGOT_SOURCE_REGISTRY', `${formatSource(source)}: no registry can be read here`, {
        help: `Copy the image first: ingot copy ${formatSource(source)} oci-archive:image.tar`,
      });
  }
}

async function openProject(name: string, options: OpenOptions, store: BlobStore): Promise<OpenedSource> {
  if (options.resolveProject === undefined) {
    throw new ContentError('INGOT_SOURCE_PROJECT', `project:${name} has no meaning outside of a workspace`, {
      help: 'Give the folder that the project made as oci:FOLDER.',
    });
  }
  const { layout, inherits = [] } = await options.resolveProject(name);
  const own = new LayoutStore(layout);
  return named(pickRoot(await own.roots(), {}, layout), firstOf([own, ...inherits, store]));
}

async function openLayout(source: LayoutSource, { path }: There, store: BlobStore): Promise<OpenedSource> {
  const layout = new LayoutStore(path);
  return named(pickRoot(await layout.roots(), source, path), firstOf([layout, store]));
}

async function openOciArchive(source: LayoutSource, tar: string): Promise<OpenedSource> {
  const archive = await OciArchive.open(tar);
  return named(pickRoot(await archive.roots(), source, tar), archive);
}

function named(root: Descriptor, fetcher: Fetcher & Located): OpenedSource {
  const reference = root.annotations?.[refName];
  return { root, fetcher, ...(reference === undefined ? {} : nameOfRefName(reference)) };
}

interface There {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

type FileSource = Extract<Source, { path: string }>;

/** Finds the file or folder of a source. Throws INGOT_SOURCE_MISSING: there is none, or it is the other of the two. */
async function there(source: FileSource, baseDir: string, kind: 'file' | 'folder'): Promise<There> {
  const path = resolve(baseDir, source.path);
  try {
    const { size, isFolder } = await stat(path).then((found) => ({
      size: found.size,
      isFolder: found.isDirectory() ? true : found.isFile() ? false : undefined,
    }));
    if (isFolder === (kind === 'folder')) return { path, size };
    throw missingSource(source, path, `${path} is no ${kind}`, isFolder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw fileError(error, path);
    throw missingSource(source, path, `there is no ${path}`);
  }
}

function missingSource(source: FileSource, path: string, what: string, isFolder?: boolean): ContentError {
  let help = 'Build or copy the image first; paths are relative to the file that names the source.';
  if (isFolder === true) help = `For a folder write oci:${source.path} or dir:${source.path}`;
  if (isFolder === false) help = `For a file write oci-archive:${source.path} or docker-archive:${source.path}`;
  return new ContentError('INGOT_SOURCE_MISSING', `${formatSource(source)}: ${what}`, { path, help });
}
