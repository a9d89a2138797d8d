import { csvShape, specFields } from '../../registry/csv-shape.ts';
import { csvsOf, type Csv } from '../../registry/csv.ts';
import { misfits } from '../../registry/shape.ts';
import { isVersion, tolerantVersion } from '../../registry/version.ts';
import { field, isMapping, listField, show, textField, writtenField } from '../../yaml/field.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';

/** The ClusterServiceVersion as such; what it has installed stands in registry-install.ts and registry-deployments.ts. */
export const csvRules: readonly Rule[] = [
  {
    id: 'registry-csv',
    formats: ['registry'],
    holds: 'there is one ClusterServiceVersion',
    level: 'error',
    reason:
      'OLM v1 refuses a bundle without one (rukpak/bundle/source/source.go, GetBundle), and rukpak has nothing to install (pkg/convert/registryv1.go); of several both take the last.',
    remedy: 'Put the ClusterServiceVersion of this version into manifests/, and no other.',
    check({ objects }) {
      const [first, ...others] = csvsOf(objects);
      if (first === undefined) return [{ message: 'manifests/ has no ClusterServiceVersion', path: 'manifests' }];
      return others.map(({ name, place }) => ({
        message: `there is another ClusterServiceVersion, ${show(name)}`,
        path: place('kind'),
      }));
    },
  },
  {
    id: 'csv-types',
    formats: ['registry'],
    holds: 'the values of the ClusterServiceVersion are of their types',
    level: 'error',
    reason:
      'Both unpackers convert it into Go types, and fail on another type (FromUnstructured, called by rukpak in pkg/convert/registryv1.go and by OLM v1 in source.go).',
    remedy: 'Write a value of that type: quote texts that look like numbers or booleans.',
    check: eachCsv(({ value, place }) =>
      Array.from(misfits(value, csvShape), ({ keys, message }) => ({ message, path: place(...keys) })),
    ),
  },
  {
    id: 'csv-keys',
    formats: ['registry'],
    holds: 'keys of spec are written as they are read',
    level: 'warning',
    reason:
      'A key of other capitals is passed over in silence; customresourcedefinitions, apiservicedefinitions and webhookdefinitions have none (operator-framework/api, clusterserviceversion_types.go).',
    remedy: 'Write the key as it is read.',
    check: eachCsv(function* ({ value, place }) {
      const spec = field(value, 'spec');
      if (!isMapping(spec)) return;
      for (const key of Object.keys(spec)) {
        const known = Object.keys(specFields).find((one) => one.toLowerCase() === key.toLowerCase());
        if (known !== undefined && known !== key) {
          yield { message: `spec.${key} is not read, ${known} is`, path: place('spec', key) };
        }
      }
    }),
  },
  {
    id: 'csv-name',
    formats: ['registry'],
    holds: "the ClusterServiceVersion's name has at most 63 characters",
    level: 'error',
    reason:
      'OLM writes it into labels (operator-framework/api, pkg/validation/internal/csv.go, parseCSVNameFormat), and catalogs name the bundle by it.',
    remedy: 'Name it as the package and the version: hello.v1.2.3.',
    check: eachCsv(function* ({ name, place }) {
      if (name.length > 63) {
        yield { message: `the name has ${name.length} characters`, path: place('metadata', 'name') };
      }
    }),
  },
  {
    id: 'csv-version',
    formats: ['registry'],
    holds: 'spec.version is a Semantic Version, the same as in the name',
    level: 'error',
    reason:
      'It is read by blang/semver when the object is converted (operator-framework/api, pkg/lib/version), and orders the bundles of a catalog.',
    remedy: 'Set spec.version to X.Y.Z, as a text.',
    check: eachCsv(versionFaults),
  },
  {
    id: 'csv-min-kube-version',
    formats: ['registry'],
    holds: 'spec.minKubeVersion is a Semantic Version, where it is there',
    level: 'warning',
    reason:
      "OLM's validators refuse others (operator-framework/api, pkg/validation/internal/csv.go, validateMinKubeVersion); neither unpacker reads it.",
    remedy: 'Write X.Y.Z, without v.',
    check: eachCsv(function* ({ value, place }) {
      const version = textField(value, 'spec', 'minKubeVersion')?.trim() ?? '';
      if (version === '' || isVersion(version)) return;
      yield { message: `spec.minKubeVersion is ${show(version)}`, path: place('spec', 'minKubeVersion') };
    }),
  },
  {
    id: 'csv-related-images',
    formats: ['registry'],
    holds: 'every related image is named',
    level: 'warning',
    reason:
      "OLM's validators refuse one without a reference (operator-framework/api, validateRelatedImages), and nothing can mirror it.",
    remedy: 'Name the image, by digest.',
    check: eachCsv(function* ({ value, place }) {
      for (const [at, one] of listField(value, 'spec', 'relatedImages').entries()) {
        if (writtenField(one, 'image') !== '') continue;
        yield { message: `relatedImages[${at}] has no image`, path: place('spec', 'relatedImages', at, 'image') };
      }
    }),
  },
];

function* versionFaults({ value, name, place }: Csv, { consumers }: Bundle): Iterable<Fault> {
  const path = place('spec', 'version');
  const written = field(value, 'spec', 'version');
  if (written === undefined || written === null) {
    // rukpak reads 0.0.0 and goes on; no catalog takes it.
    yield { message: 'spec.version is missing', path, level: consumers.includes('olm') ? 'error' : 'warning' };
    return;
  }
  if (typeof written !== 'string') return;
  const version = tolerantVersion(written);
  if (version === undefined) yield { message: `spec.version is ${show(written)}`, path };
  else if (version !== written) yield { message: `${written} is read as ${version}`, path, level: 'warning' };
  const [, named] = /\.v(\d+\.\d+\.\d+.*)$/.exec(name) ?? [];
  if (named === undefined || version === undefined || named === version) return;
  yield { message: `spec.version is ${version}, and the name ends in ${named}`, path, level: 'warning' };
}
