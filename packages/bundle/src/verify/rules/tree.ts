import { isConfig, isLayer } from '@ingot/content';
import { followed } from '../../tree/root-path.ts';
import type { TreeEntry, TreeLink } from '../../tree/tree.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';

const formats = ['plain', 'registry', 'helm'] as const;
const podReason =
  'Unpackers run as users without rights: the pod that rukpak starts from the image as user 1001 (pkg/source/image.go), or the manager itself.';

/** What every unpacker asks of an image, whatever the format. */
export const treeRules: readonly Rule[] = [
  {
    id: 'tree-empty',
    formats,
    holds: 'there is something in it',
    level: 'error',
    reason: 'An image without files unpacks to an empty folder, in which no format is found.',
    remedy: 'Name the files in bundle.yaml.',
    check: ({ tree }) => (tree.entries.size === 0 ? [{ message: 'it is empty' }] : []),
  },
  {
    id: 'tree-media-types',
    formats,
    holds: 'its media types are those of images',
    level: 'warning',
    reason:
      'rukpak and OLM look at the first bytes of a layer, but registries, mirrors and engines go by its media type; and OLM asks for a config of an image (internal/shared/util/image/pull.go, applyImage).',
    remedy: 'Build it as an image, not as an artifact: its layers are application/vnd.oci.image.layer.v1.tar+gzip.',
    check: mediaTypeFaults,
  },
  {
    id: 'tree-folders',
    formats,
    holds: 'every user may enter and list all folders',
    level: 'error',
    reason: podReason,
    remedy: 'Give it the mode 0755 before the image is made; what bundle.yaml builds has it.',
    check: ({ tree }) => modeFaults({ tree }, 'directory', 0o005, 'cannot be listed by every user'),
  },
  {
    id: 'tree-files',
    formats,
    holds: 'every user may read all files',
    level: 'error',
    reason: podReason,
    remedy: 'Give it the mode 0644 before the image is made; what bundle.yaml builds has it.',
    check: ({ tree }) => modeFaults({ tree }, 'file', 0o004, 'cannot be read by every user'),
  },
  {
    id: 'tree-types',
    formats,
    holds: 'there are files, folders and links alone',
    level: 'error',
    reason:
      'Without rights no device can be made (containerd pkg/archive/tar.go, createTarFile), and a pipe is waited on for ever.',
    remedy: 'Leave it out.',
    check: ({ tree }) =>
      [...tree.entries.values()]
        .filter(({ type }) => type === 'other')
        .map(({ path }) => ({ message: `${path} is a device or a pipe`, path })),
  },
  {
    id: 'tree-links',
    formats,
    holds: 'there are no links that get lost',
    level: 'error',
    reason:
      'rukpak keeps what it unpacked as an archive without links (pkg/storage/localdir.go; pkg/util/tar.go, FSToTarGZ): what they lead to is not installed. OLM v1 reads a link in manifests as the file that it leads to; one to a folder, or to nothing, ends the reading (rukpak/bundle/source/source.go).',
    remedy: 'Put the file there instead of the link.',
    check: linkFaults,
  },
];

function mediaTypeFaults({ tree, consumers }: Bundle): Fault[] | undefined {
  if (tree.mediaTypes === undefined) return undefined;
  const [, config, ...layers] = tree.mediaTypes;
  const faults: Fault[] = [];
  if (config !== undefined && !isConfig(config)) {
    const level = consumers.includes('olm') ? 'error' : 'warning';
    faults.push({ message: `its config is ${config}: that of an artifact`, level });
  }
  for (const type of new Set(layers))
    if (!isLayer(type)) faults.push({ message: `it has a layer of the type ${type}` });
  return faults;
}

/** A folder on the disk has no image's modes yet: what builds the image may set others, as Ingot does. */
function modeFaults({ tree }: Pick<Bundle, 'tree'>, type: TreeEntry['type'], bits: number, what: string): Fault[] {
  const level = tree.labels === undefined ? 'warning' : 'error';
  return [...tree.entries.values()]
    .filter((entry) => entry.type === type && (entry.mode & bits) !== bits)
    .map(({ path, mode }) => ({ message: `${path} (${mode.toString(8).padStart(4, '0')}) ${what}`, path, level }));
}

function* linkFaults({ tree, format, consumers }: Bundle): Generator<Fault, void, undefined> {
  for (const entry of tree.entries.values()) {
    if (entry.type !== 'symlink') continue;
    const { path } = entry;
    if (format !== 'helm' && !/^(manifests|metadata)(\/|$)/.test(path)) continue;
    const isLost = format === 'helm' || consumers.includes('rukpak');
    const wrong = isLost ? '' : wrongTarget(entry, followed(tree.entries, path));
    if (wrong !== undefined) yield { message: `${path} is a link${wrong}`, path };
  }
}

function wrongTarget({ target }: TreeLink, there: TreeEntry | undefined): string | undefined {
  if (there === undefined) return ` to ${target}, which leads out of the bundle or to nothing`;
  return there.type === 'file' ? undefined : ` to ${target}, which is no file`;
}
