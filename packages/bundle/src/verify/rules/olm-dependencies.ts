import { dependenciesPath, metadataFile, propertiesPath } from '../../registry/annotations.ts';
import { csvsOf } from '../../registry/csv.ts';
import { field, listField, show, writtenField } from '../../yaml/field.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';

/** What a bundle needs of others. */
export const olmDependencyRules: readonly Rule[] = [
  {
    id: 'olm-dependencies',
    formats: ['registry'],
    consumers: ['olm'],
    holds: 'the bundle depends on no other',
    level: 'error',
    reason:
      'OLM v1 does not install a bundle with dependencies (internal/operator-controller/resolve/validation.go, NoDependencyValidation), which opm makes of these lines.',
    remedy: 'Say in the documentation what has to be there, and take the lines out.',
    check: dependencyFaults,
  },
];

const needing = new Set(['olm.package.required', 'olm.gvk.required', 'olm.constraint']);

function* dependencyFaults({ tree, objects }: Bundle): Iterable<Fault> {
  const dependencies = metadataFile(tree, dependenciesPath);
  for (const [at, one] of listField(dependencies?.value, 'dependencies').entries()) {
    // Labels are properties like others by then.
    if (writtenField(one, 'type') === 'olm.label') continue;
    const message = `the bundle depends on ${show(field(one, 'value'))}`;
    yield { message, path: dependencies!.place('dependencies', at, 'type') };
  }
  const properties = metadataFile(tree, propertiesPath);
  for (const [at, one] of listField(properties?.value, 'properties').entries()) {
    const type = writtenField(one, 'type');
    if (needing.has(type))
      yield { message: `there is a property ${type}`, path: properties!.place('properties', at, 'type') };
  }
  for (const { value, place } of csvsOf(objects)) {
    for (const key of ['customresourcedefinitions', 'apiservicedefinitions']) {
      for (const [at, one] of listField(value, 'spec', key, 'required').entries()) {
        const message = `${writtenField(one, 'kind')} ${writtenField(one, 'name')} is required`;
        yield { message, path: place('spec', key, 'required', at, 'name') };
      }
    }
  }
}
