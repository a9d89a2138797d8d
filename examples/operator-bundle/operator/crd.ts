/** Writes the CustomResourceDefinition that all bundles of the operator hold: generated once, as controller-gen does. */
import { mkdirSync, writeFileSync } from 'node:fs';

const text = (description: string) => ({ type: 'string', description });

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'notes.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Note', listKind: 'NoteList', plural: 'notes', singular: 'note' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              apiVersion: text('Of this object.'),
              kind: text('Of this object.'),
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                required: ['text'],
                properties: { text: { ...text('What the note says.'), maxLength: 4096 } },
              },
              status: { type: 'object', properties: { shownAt: text('Where it can be read.') } },
            },
          },
        },
        subresources: { status: {} },
      },
    ],
  },
};

mkdirSync('dist/crds', { recursive: true });
// JSON is YAML.
writeFileSync('dist/crds/notes.example.com.yaml', `${JSON.stringify(crd, undefined, 2)}\n`);
