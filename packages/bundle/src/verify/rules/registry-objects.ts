import { isEmptyDocument, rawDocuments } from '../../registry/documents.ts';
import { isSupportedKind, namespacedKinds, supportedKinds } from '../../registry/kinds.ts';
import { show, writtenField } from '../../yaml/field.ts';
import type { Rule } from '../rule.ts';

/** The objects beside the ClusterServiceVersion. */
export const objectKindRules: readonly Rule[] = [
  {
    id: 'registry-kinds',
    formats: ['registry'],
    holds: 'every object is of a kind that the format has',
    level: 'error',
    reason:
      'rukpak and OLM v1 refuse other kinds (pkg/convert/registryv1.go, Convert; validators.go, CheckObjectSupport), by the list of operator-registry (pkg/lib/bundle/supported_resources.go).',
    remedy: `Take the object out; custom resources are made by the operator. The format has ${supportedKinds.join(', ')}.`,
    *check({ objects }) {
      for (const object of objects) {
        const { value } = object;
        const kind = writtenField(value, 'kind');
        // Of an object without a kind another rule tells.
        if (kind === '' || isSupportedKind(kind)) continue;
        yield { message: `${kind} ${show(writtenField(value, 'metadata', 'name'))}`, path: object.place('kind') };
      }
    },
  },
  {
    id: 'registry-lists',
    formats: ['registry'],
    consumers: ['rukpak'],
    holds: 'no manifest is a List',
    level: 'error',
    reason:
      'rukpak takes a List for an object of that kind, and refuses it (pkg/convert/registryv1.go, RegistryV1ToPlain).',
    remedy: 'Write the items as documents of their own, between lines ---.',
    *check({ objects }) {
      const told = new Set<string>();
      for (const object of objects) {
        const { file, inList } = object;
        if (inList && !told.has(file)) yield { message: `${file} has a List`, path: object.place() };
        if (inList) told.add(file);
      }
    },
  },
  {
    id: 'registry-empty-documents',
    formats: ['registry'],
    consumers: ['rukpak'],
    holds: 'no document is empty',
    level: 'error',
    reason:
      'rukpak reads an empty document, a comment before --- too, as an object without a kind, and refuses it (pkg/convert/registryv1.go, RegistryV1ToPlain).',
    remedy: 'Take out the line --- before or after it; write comments below the line.',
    *check({ tree, manifests }) {
      for (const { path, problems } of manifests) {
        const entry = tree.entries.get(path);
        if (entry?.type !== 'file' || entry.content === undefined || problems.some(isFatal)) continue;
        for (const document of rawDocuments(Buffer.from(entry.content).toString('utf8'))) {
          if (isEmptyDocument(document)) {
            yield { message: 'the document holds nothing, or comments alone', path: `${path}:${document.line}:1` };
          }
        }
      }
    },
  },
  {
    id: 'registry-namespaces',
    formats: ['registry'],
    holds: 'no object names a namespace',
    level: 'warning',
    reason:
      'rukpak and OLM v1 replace it by the namespace that the bundle is installed in (pkg/convert/registryv1.go, Convert; generators.go, BundleAdditionalResourcesGenerator).',
    remedy: 'Take metadata.namespace out.',
    *check({ objects }) {
      for (const object of objects) {
        const { value } = object;
        const namespace = writtenField(value, 'metadata', 'namespace');
        if (namespace === '' || !namespacedKinds.has(writtenField(value, 'kind'))) continue;
        const message = `${writtenField(value, 'kind')} ${writtenField(value, 'metadata', 'name')} is in ${namespace}`;
        yield { message, path: object.place('metadata', 'namespace') };
      }
    },
  },
];

function isFatal({ kind }: { readonly kind: string }): boolean {
  return kind !== 'duplicate';
}
