import type { ManifestProblem } from '../../kubernetes/manifest.ts';
import { largestDocument } from '../../kubernetes/manifest.ts';
import { childrenOf } from '../../tree/tree.ts';
import { followed } from '../../tree/root-path.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';

const formats = ['plain', 'registry'] as const;
const decoder = 'Every file in manifests is parsed, whatever its ending (rukpak pkg/util/util.go, ManifestObjects)';

/** What is asked of the files in manifests before anybody looks at the objects. */
export const manifestRules: readonly Rule[] = [
  {
    id: 'manifests-folder',
    formats,
    holds: 'the folder manifests is there',
    level: 'error',
    reason: 'Both formats are read from /manifests alone (rukpak pkg/provisioner/plain, getBundleObjects).',
    remedy: 'Put the manifests into a folder of that name at the root of the image.',
    check: ({ tree }) => {
      const type = tree.entries.get('manifests')?.type;
      if (type === 'directory') return [];
      return [
        { message: type === undefined ? 'there is no folder manifests' : 'manifests is no folder', path: 'manifests' },
      ];
    },
  },
  {
    id: 'manifests-flat',
    formats,
    holds: 'there are no folders in manifests',
    level: 'error',
    reason:
      'A folder there ends the unpacking: "subdirectories are not allowed" (rukpak pkg/provisioner/plain, getBundleObjects; pkg/convert, RegistryV1ToPlain).',
    remedy: 'Move its files up; bundle.yaml does that for what it names.',
    check: ({ tree }) =>
      tree.entries.get('manifests')?.type !== 'directory'
        ? undefined
        : childrenOf(tree, 'manifests')
            .filter(({ type }) => type === 'directory')
            .map(({ path }) => ({ message: `${path} is a folder`, path })),
  },
  parsing('encoding', 'manifest-encoding', 'all files are UTF-8', {
    reason: `${decoder}, and YAML and JSON are read as UTF-8.`,
    remedy: 'Write the file as UTF-8, or leave it out if it is no manifest.',
  }),
  parsing('syntax', 'manifest-syntax', 'all documents are YAML or JSON', {
    reason: `${decoder}; the first that is no YAML 1.1, as go-yaml has it, ends the unpacking.`,
    remedy: 'Mend the syntax, or leave the file out if it is no manifest.',
  }),
  parsing('aliases', 'manifest-aliases', 'no aliases blow up a document, or all of them together', {
    reason:
      'go-yaml stops at documents that aliases make many times larger (goyaml.v2/decode.go, allowedAliasRatio), and at aliases of nothing. It counts each document for itself: many of them exhaust the memory all the same.',
    remedy: 'Write out what the aliases stand for.',
  }),
  {
    id: 'manifest-size',
    formats,
    holds: 'no document is over 1 MiB',
    level: 'error',
    reason:
      'etcd takes no request over 1.5 MiB; rukpak keeps all objects of a bundle in one Secret besides, compressed, as a release of Helm.',
    remedy: 'Divide the object, or leave out descriptions (of a CustomResourceDefinition, say).',
    check: sizeFaults,
  },
  parsing('value', 'manifest-objects', 'all documents are objects', {
    reason: `${decoder}; what is no map with texts as keys is no object of Kubernetes (apimachinery, unstructured/helpers.go, decode).`,
    remedy: 'Write an object with apiVersion, kind and metadata, or leave the file out.',
  }),
  parsing('duplicate', 'manifest-duplicate-keys', 'no key is there twice', {
    level: 'warning',
    reason: 'Of a key that is there twice the last counts, and nobody says so (sigs.k8s.io/yaml, Unmarshal).',
    remedy: 'Remove the one that is not meant.',
  }),
];

interface Texts {
  readonly level?: 'warning' | 'error';
  readonly reason: string;
  readonly remedy: string;
}

function parsing(kind: ManifestProblem['kind'], id: string, holds: string, texts: Texts): Rule {
  return {
    id,
    formats,
    holds,
    level: texts.level ?? 'error',
    reason: texts.reason,
    remedy: texts.remedy,
    check: ({ manifests }) =>
      manifests.length === 0 ? undefined : manifests.flatMap((one) => faultsOf(one.problems, kind)),
  };
}

function faultsOf(problems: readonly ManifestProblem[], kind: ManifestProblem['kind']): Fault[] {
  return problems.filter((problem) => problem.kind === kind).map(({ message, path }) => ({ message, path }));
}

/** Files so large that nobody read them are among them. */
function sizeFaults({ tree, manifests }: Bundle): Fault[] | undefined {
  const unread = childrenOf(tree, 'manifests').flatMap(({ path }) => {
    const entry = followed(tree.entries, path);
    if (entry?.type !== 'file' || entry.content !== undefined) return [];
    return [{ message: `${path} has ${entry.size} bytes, more than ${largestDocument}`, path }];
  });
  if (manifests.length + unread.length === 0) return undefined;
  return [...unread, ...manifests.flatMap(({ problems }) => faultsOf(problems, 'size'))];
}
