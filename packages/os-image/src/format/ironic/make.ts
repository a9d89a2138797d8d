import { chmod, link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile, formatPlatform, LayoutStore, refName } from '@ingot/content';
import { checkForIronic, ironicRoots, type ArtifactDescription, type ArtifactFile, type MadeBlob } from '@ingot/oci';
import { ProjectError, withPlace, type ArtifactResult, type ArtifactRoot } from '@ingot/workspace';
import type { Architecture } from '../../description/description.ts';
import { part } from '../boot-image.ts';
import type { FormatFile, FormatInput, FormatRoot, MadeFormat } from '../format.ts';
import { copyOutput, type SourceFile } from '../write.ts';

/** What Ironic must find on every manifest, so that it takes none of them for a container (ironic_oci: artifactType). */
export const artifactType = 'application/vnd.ingot.os-image.v1';

/** A blob before it is in the layout. */
interface Part {
  readonly file: ArtifactFile;
  readonly title: string;
  readonly source: SourceFile;
  readonly architecture: Architecture;
}

/**
 * What OpenStack Ironic deploys from a registry: a whole OCI layout with one index over the disks, a single-layer
 * manifest each, its disktype and platform on the index's entry, since Ironic looks there; and kernel and ramdisk of
 * the image as manifests of their own, which go by digest. Mind that a node's `deploy_kernel` and `deploy_ramdisk` are
 * ironic-python-agent's as a rule: these are the image's own, for whoever boots that instead. The disks are those of
 * the target `disk`, linked where one file system has both. Throws ProjectErrors INGOT_OS_IMAGE_DISK,
 * INGOT_OS_IMAGE_KERNEL, INGOT_OS_IMAGE_CHANGED, INGOT_IRONIC_DISK, INGOT_IRONIC_PARTITION, INGOT_IRONIC_COMPRESSED,
 * INGOT_IRONIC_QCOW2, and content's errors.
 */
export async function makeIronic(input: FormatInput): Promise<MadeFormat> {
  const parts = partsOf(input);
  await withPlace(input.description.place(['disk', 'outputs']), async () => {
    for (const { source, file } of parts) await checkForIronic(source.path, file);
  });
  const onBytes = input.stage(
    'writing the layout',
    parts.reduce((sum, { source }) => sum + source.size, 0),
  );
  const store = new LayoutStore(input.folder);
  await makeFolders(input.folder);
  for (const { source } of parts) await putBlob(source, input, onBytes);

  const disks = await rootsOf(
    parts.filter(({ file }) => file.role === 'disk'),
    input,
    store,
  );
  const artifacts: ArtifactResult[] = [];
  const roots: FormatRoot[] = disks.roots.map((root) => rootOf(root, root.suffix));
  for (const { architecture } of input.rootfs.architectures) {
    const own = parts.filter((each) => each.architecture === architecture);
    const boot = await rootsOf(
      own.filter(({ file }) => file.role !== 'disk'),
      input,
      store,
    );
    const several = input.rootfs.architectures.length > 1 ? `-${architecture}` : '';
    roots.push(...boot.roots.map((root) => rootOf(root, `${root.suffix}${several}`)));
    const platform = formatPlatform({ os: 'linux', architecture });
    const files = [...disks.files.filter((file) => file.platform === platform), ...boot.files];
    artifacts.push(artifactOf(input, { roots: [...disks.roots, ...boot.roots], files }));
  }
  await store.setRoots(
    roots.map(({ suffix, mediaType, digest, size }) => ({
      mediaType,
      digest,
      size,
      ...(suffix === '' ? {} : { artifactType }),
      annotations: { [refName]: `${input.version}${suffix}` },
    })),
  );
  return { files: parts.map(fileOf), roots, facts: { artifacts } };
}

/** The disks of all architectures first, qcow2 before raw: Ironic sorts them by itself. */
function partsOf(input: FormatInput): readonly Part[] {
  const { ironic, name } = input.description;
  const parts: Part[] = [];
  for (const { architecture } of input.rootfs.architectures) {
    for (const disktype of ['qcow2', 'raw'] as const) {
      if (!ironic.outputs.includes(disktype)) continue;
      const source = diskOf(input, architecture, disktype);
      const title = `${name}-${architecture}.${disktype}`;
      parts.push({ file: artifactFile(input, 'disk', architecture, disktype), title, source, architecture });
    }
  }
  if (!ironic.kernelAndRamdisk) return parts;
  for (const rootfs of input.rootfs.architectures) {
    for (const [role, what, end] of [
      ['kernel', 'kernel', 'vmlinuz'],
      ['ramdisk', 'initrd', 'initrd'],
    ] as const) {
      const { architecture } = rootfs;
      const title = `${name}-${architecture}.${end}`;
      const file = artifactFile(input, role, architecture, undefined);
      parts.push({ file, title, source: part(input, rootfs, what), architecture });
    }
  }
  return parts;
}

/** Compressed qcow2 before plain: it is the same disk, and what goes over the network. */
function diskOf(
  { description, disks }: FormatInput,
  architecture: Architecture,
  disktype: 'qcow2' | 'raw',
): SourceFile {
  const roles = disktype === 'raw' ? ['raw'] : ['qcow2-compressed', 'qcow2'];
  const [found] = roles.flatMap(
    (role) => disks?.result.files.filter((file) => file.role === role && file.architecture === architecture) ?? [],
  );
  if (disks && found) return { ...found, path: join(disks.folder, found.path) };
  throw new ProjectError('INGOT_OS_IMAGE_DISK', `there is no ${disktype} disk of ${architecture} for Ironic`, {
    place: description.place(['ironic', 'outputs']),
    help: `add disk to \`formats\`, and ${disktype} to the \`outputs\` of \`disk\`; or leave ${disktype} out here`,
  });
}

function artifactFile(
  { description }: FormatInput,
  role: 'disk' | 'kernel' | 'ramdisk',
  architecture: Architecture,
  disktype: 'qcow2' | 'raw' | undefined,
): ArtifactFile {
  const place = description.place(['ironic']);
  return {
    role,
    place,
    targetPlace: place,
    projectPlace: place,
    titlePlace: place,
    from: '',
    target: undefined,
    project: undefined,
    title: undefined,
    mediaType: 'application/octet-stream',
    annotations: {},
    platform: { os: 'linux', architecture },
    disktype,
  };
}

/** 0755 whatever the umask. */
async function makeFolders(folder: string): Promise<void> {
  for (const name of ['blobs', 'blobs/sha256']) {
    await mkdir(join(folder, name));
    await chmod(join(folder, name), 0o755);
  }
}

/** Puts a file under its digest's name: linked, so that a disk does not lie there twice; copied where that cannot be. */
async function putBlob(source: SourceFile, input: FormatInput, onBytes: (bytes: number) => void): Promise<void> {
  input.signal.throwIfAborted();
  const path = `blobs/sha256/${source.digest.replace('sha256:', '')}`;
  const target = join(input.folder, path);
  try {
    await link(source.path, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    // Another file system, or one without links, or somebody else's file.
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'].includes(code ?? '')) throw error;
    await copyOutput(source, input.folder, path, { sparse: true, onBytes });
    return;
  }
  if ((await digestOfFile(target)) === source.digest) return onBytes(source.size);
  throw new ProjectError('INGOT_OS_IMAGE_CHANGED', `${source.path} is not what the target before made`, {
    path: source.path,
    digest: source.digest,
    help: 'its bytes have another digest: run the target `disk` (or `rootfs`) again with --skip-nx-cache',
  });
}

function rootsOf(parts: readonly Part[], input: FormatInput, store: LayoutStore) {
  const made = new Map(
    parts.map(({ file, title, source: { digest, size } }): [ArtifactFile, MadeBlob] => [
      file,
      { file, title, digest, size },
    ]),
  );
  return ironicRoots(descriptionOf(input), made, input.time, store);
}

function descriptionOf({ description, version }: FormatInput): ArtifactDescription {
  return {
    file: description.file,
    name: description.name,
    version,
    artifactType,
    annotations: { 'org.opencontainers.image.version': version },
    files: [],
    imagePullSecret: description.ironic.imagePullSecret,
  };
}

function artifactOf({ description, version }: FormatInput, made: Pick<ArtifactResult, 'roots' | 'files'>) {
  const { imagePullSecret } = description.ironic;
  const result: ArtifactResult = {
    ingot: 'artifact-result/v1',
    name: description.name,
    version,
    ...made,
    ...(imagePullSecret === undefined ? {} : { imagePullSecret }),
  };
  return result;
}

function rootOf({ mediaType, digest, size }: ArtifactRoot, suffix: string): FormatRoot {
  return { layout: '.', mediaType, digest, size, suffix };
}

function fileOf({ file, source, architecture }: Part): FormatFile {
  const { digest, size } = source;
  const path = `blobs/sha256/${digest.replace('sha256:', '')}`;
  return { path, size, digest, architecture, role: file.disktype ?? file.role };
}
